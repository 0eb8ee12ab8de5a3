"""Workspaces and settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import CONFIG_NAME, SETTINGS, Settings, Workspace, shipped, writing
from pipeline.errors import BadInput, DiskTrouble, XuanjianError


def test_a_fresh_workspace_has_its_folders_and_every_setting_explained(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w", {"crawl.delay": 0.5})
    for folder in (workspace.sources, workspace.plans, workspace.archive):
        assert folder.is_dir()
    text = (workspace.path / CONFIG_NAME).read_text(encoding="utf-8")
    assert workspace.settings.get("crawl.delay", float) == 0.5
    for setting in SETTINGS:
        assert setting.help in text


def test_every_setting_can_be_uncommented(tmp_path: Path) -> None:
    changes = {setting.name: setting.default for setting in SETTINGS}
    workspace = Workspace.create(tmp_path / "w", changes)
    assert workspace.settings == Settings.defaults()


def test_a_workspace_is_found_from_a_folder_inside_it(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "w")
    assert Workspace.open(made.sources).path == made.path


def test_a_folder_that_is_a_workspace_is_not_made_again(tmp_path: Path) -> None:
    Workspace.create(tmp_path)
    with pytest.raises(XuanjianError) as caught:
        Workspace.create(tmp_path)
    assert caught.value.slug == "workspace-exists"


def test_no_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(XuanjianError) as caught:
        Workspace.open(tmp_path)
    assert "xuanjian init" in caught.value.hint


@pytest.mark.parametrize(
    ("text", "slug", "said"),
    [
        ("[crawl]\ndelya = 1.0\n", "settings-unknown-key", "crawl.delay"),
        ("[crawls]\ndelay = 1.0\n", "settings-unknown-key", "crawls.delay"),
        ("[crawl]\nobey_robots = 'yes'\n", "settings-bad-value", "must be bool"),
        ("[coverage]\nbar = true\n", "settings-bad-value", "must be int"),
        ("[crawl]\ndelay = -1.0\n", "settings-bad-value", "at least 0"),
        ("[crawl]\ndelay = nan\n", "settings-bad-value", "at least 0"),
        ("[crawl]\nmax_pages = 0\n", "settings-bad-value", "at least 1"),
        ("format = 99\n", "settings-bad-value", "format 99"),
        ("[crawl\n", "settings-unreadable", "TOML"),
    ],
)
def test_settings_that_are_wrong_stop_start_up_with_a_hint(
    tmp_path: Path, text: str, slug: str, said: str
) -> None:
    path = tmp_path / CONFIG_NAME
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        Settings.read(path)
    assert caught.value.slug == slug
    assert said in str(caught.value)


def test_a_whole_number_is_fine_where_a_fraction_may_stand(tmp_path: Path) -> None:
    path = tmp_path / CONFIG_NAME
    path.write_text("[crawl]\ndelay = 3\n", encoding="utf-8")
    assert Settings.read(path).get("crawl.delay", float) == 3.0


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old", encoding="utf-8")
    with pytest.raises(RuntimeError), writing(target) as out:
        out.write("half")
        raise RuntimeError
    assert target.read_text(encoding="utf-8") == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_said_in_words(tmp_path: Path) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    with pytest.raises(DiskTrouble) as caught:
        try:
            with Path("/dev/full").open("w") as full:
                full.write("x" * 100_000)
        except OSError as error:
            raise DiskTrouble.from_os_error(error, "writing", "/dev/full") from error
    assert caught.value.slug == "disk-full"
    assert "half-written" in caught.value.hint


def test_the_shipped_folders_are_there() -> None:
    assert (shipped("models") / "base" / "model.json").is_file()
