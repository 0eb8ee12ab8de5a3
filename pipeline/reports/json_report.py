"""The report as JSON, for programs.

Hides: nothing but the call; the public JSON is ``CoverageReport``'s own.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.coverage.report import CoverageReport

__all__ = ["write_json"]


def write_json(report: CoverageReport, path: Path) -> None:
    """Write the report's public JSON (``"format": 1``) to ``path``."""
    path.write_bytes(report.to_json())
