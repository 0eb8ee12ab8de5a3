"""What tests of documents may ask for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from docx.document import Document as WordDocument


@pytest.fixture
def save(tmp_path: Path) -> Callable[[WordDocument], Path]:
    """Saves a Word document."""

    def write(document: WordDocument) -> Path:
        path = tmp_path / "plan.docx"
        document.save(str(path))
        return path

    return write
