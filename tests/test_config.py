"""Workspaces and settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.config import (
    CONFIG_NAME,
    SETTINGS,
    Settings,
    SettingValue,
    Workspace,
    shipped,
    writing,
)
from pipeline.errors import BadInput, DiskTrouble, XuanjianError
from pipeline.settings_file import change_settings


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


def test_settings_saved_by_a_windows_editor_are_read(tmp_path: Path) -> None:
    path = tmp_path / "xuanjian.toml"
    path.write_bytes("\ufeffformat = 1\r\n[plan]\r\nhome = '东胜区'\r\n".encode())
    assert Settings.read(path).get("plan.home", str) == "东胜区"
    path.write_bytes("[plan]\nhome = '东胜区'\n".encode("gb18030"))
    with pytest.raises(XuanjianError, match="not UTF-8 text"):
        Settings.read(path)


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


def test_settings_are_changed_in_place_and_keep_their_comments(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "w", {"coverage.bar": 2})
    path = workspace.path / CONFIG_NAME
    before = path.read_text(encoding="utf-8")
    after = change_settings(workspace, {"coverage.bar": 5, "plan.default": 'a "b" # c'})
    text = path.read_text(encoding="utf-8")
    assert after == Workspace.open(workspace.path)
    assert after.settings.get("coverage.bar", int) == 5
    assert after.settings.get("plan.default", str) == 'a "b" # c'
    assert after.settings.given == {"coverage.bar", "plan.default"}
    assert len(text.splitlines()) == len(before.splitlines())
    for setting in SETTINGS:
        assert setting.help in text


def test_a_setting_without_a_line_gets_one_in_its_section(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path)
    path = tmp_path / CONFIG_NAME
    path.write_text("# ours\n[crawl]\ndelay = 3.0 # slow\n\n[plan]\n", encoding="utf-8")
    change_settings(workspace, {"crawl.timeout": 9.0, "coverage.bar": 4, "plan.home": "东胜区"})
    assert path.read_text(encoding="utf-8") == (
        "# ours\n[crawl]\ndelay = 3.0 # slow\ntimeout = 9.0\n\n[plan]\n"
        'home = "东胜区"\n\n[coverage]\nbar = 4\n'
    )


@pytest.mark.parametrize(
    ("text", "changes", "slug"),
    [
        ("coverage = { bar = 2 }\n", {"coverage.bar": 4}, "settings-by-hand"),
        ("coverage.bar = 2\n", {"coverage.bar": 4}, "settings-by-hand"),
        ('[plan]\nhome = """\n[coverage]\nbar = 1"""\n', {"coverage.bar": 4}, "settings-by-hand"),
        ("[coverage]\nbar = 2\n", {"coverage.bar": 0}, "settings-bad-value"),
        ("[coverage]\nbar = 2\n", {"coverage.bar": True}, "settings-bad-value"),
        ("[coverage]\nbar = 2\n", {"coverage.bra": 3}, "settings-unknown-key"),
    ],
)
def test_a_change_that_cannot_be_made_leaves_the_settings_alone(
    tmp_path: Path, text: str, changes: dict[str, SettingValue], slug: str
) -> None:
    workspace = Workspace.create(tmp_path)
    path = tmp_path / CONFIG_NAME
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        change_settings(workspace, changes)
    assert caught.value.slug == slug
    assert path.read_text(encoding="utf-8") == text
