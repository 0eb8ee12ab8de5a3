"""What an audit takes from the settings when nobody chooses anything."""

from __future__ import annotations

from typing import get_args

import pytest

from pipeline.config import Settings
from pipeline.coverage.gather import AuditOptions
from pipeline.coverage.report import LOCALITY_NAMES
from pipeline.errors import BadInput
from pipeline.locality import LocalityCode


def test_an_audit_nobody_chose_anything_of_is_that_of_the_settings_table() -> None:
    assert AuditOptions() == AuditOptions.of(Settings.defaults())


def test_an_audit_obeys_the_settings_of_its_workspace() -> None:
    changes = {"coverage.bar": 5, "coverage.localities": "local, elsewhere,", "plan.home": "青原市"}
    options = AuditOptions.of(Settings({**Settings.defaults().values, **changes}))
    assert (options.bar, options.home) == (5, "青原市")
    assert options.localities == {"local", "elsewhere"}


def test_every_locality_has_a_name_and_the_default_ones_exist() -> None:
    assert tuple(LOCALITY_NAMES) == get_args(LocalityCode)
    assert set(LOCALITY_NAMES) >= AuditOptions().localities


def test_a_theme_may_have_a_bar_of_its_own() -> None:
    options = AuditOptions.of(
        Settings({**Settings.defaults().values, "coverage.bars": "focus-1=5, focus-6=1"})
    )
    assert dict(options.bars) == {"focus-1": 5, "focus-6": 1}


@pytest.mark.parametrize("written", ["focus-1", "focus-1=0", "focus-1=x", "=3", "focus-1=1.5"])
def test_bars_that_are_none_are_refused(written: str) -> None:
    with pytest.raises(BadInput, match=r"coverage\.bars"):
        AuditOptions.of(Settings({**Settings.defaults().values, "coverage.bars": written}))
