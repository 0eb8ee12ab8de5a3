"""Declarations written in the console: tried on the site before they are saved.

Hides: where a draft lies between two pages. A draft is a file handed in like any other: its owner's,
gone after a day. Saving checks it again and refuses when the file changed meanwhile.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from console.declarations import (
    LONGEST,
    check_text,
    declared,
    declared_as,
    propose_from,
    save_text,
    text_of,
    try_text,
)
from console.desk import Desk
from console.language import _
from console.pages import Changed, change, page
from console.uploads import drop_upload, keep_words, kept_upload
from pipeline.declared import Checked, Mistake, Tried
from pipeline.errors import BadInput, XuanjianError
from pipeline.news import Level

__all__ = ["ROUTES"]

_PURPOSE = "declaration"

Text = Annotated[str, msgspec.Meta(max_length=LONGEST)]


class Draft(msgspec.Struct, frozen=True, kw_only=True):
    """A declaration that is not saved yet."""

    source: str
    """Id of the source it is of; '' for a new one, and for a file that could not be used."""
    file: str
    """The file it is of; '' for a new one."""
    text: str
    was: str
    """What stood in the file when the draft was begun."""
    checked: Checked | None = None
    tried: tuple[Tried, ...] = ()


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a declaration."""

    number: int
    text: str
    wrong: bool


class DraftPage(msgspec.Struct, frozen=True, kw_only=True):
    """A draft with what it would collect."""

    mark: str
    """'' before it was tried."""
    source: str
    file: str
    name: str
    text: str
    mistake: Mistake | None
    lines: tuple[Line, ...]
    """The lines about a mistake."""
    tried: tuple[Tried, ...]
    longest: int


class NewSourcePage(msgspec.Struct, frozen=True, kw_only=True):
    """Where a new source begins."""

    declared: int
    """How many there are."""


class NewSource(msgspec.Struct, frozen=True, kw_only=True):
    """A list page, what the source is called, and its level; '' to be told by the name."""

    url: Annotated[str, msgspec.Meta(max_length=1000)]
    name: Annotated[str, msgspec.Meta(max_length=80)] = ""
    level: Level | Literal[""] = ""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A declaration as it was typed."""

    text: Text


@page("/sources/new", "source_new.html.j2", role="editor")
def new_page(desk: Desk) -> NewSourcePage:
    """Ask for the address of a list page."""
    return NewSourcePage(declared=len(declared(desk)))


@change("/sources/new", role="editor")
def propose(desk: Desk, given: NewSource) -> Changed:
    """Ask the site for the page once, and propose a declaration; nothing is stored."""
    proposed = propose_from(
        desk.workspace, given.url.strip(), given.name.strip(), given.level or None
    )
    text = proposed.declaration
    draft = Draft(
        source="",
        file="",
        text=text,
        was="",
        checked=check_text(desk.workspace, text),
        tried=(proposed.tried,),
    )
    return Changed(said=_("已试采，还没有保存"), to=f"/sources/drafts/{_keep(desk, draft)}")


@page("/sources/{source:str}/edit", "source_draft.html.j2", role="editor")
def edit_page(desk: Desk, source: str) -> DraftPage:
    """The declaration as it stands, to be changed."""
    mine = declared_as(desk, source)
    text = text_of(desk.workspace, mine.file)
    draft = Draft(source=source, file=mine.file, text=text, was=text)
    return _page("", draft, mine.name)


@page("/sources/files/{file:str}/edit", "source_draft.html.j2", role="editor")
def mend_page(desk: Desk, file: str) -> DraftPage:
    """A declaration that cannot be used, to be mended; it has no id yet."""
    mine = _broken(desk, file)
    text = text_of(desk.workspace, mine)
    checked = check_text(desk.workspace, text)
    return _page("", Draft(source="", file=mine, text=text, was=text, checked=checked), mine)


@change("/sources/{source:str}/try", role="editor")
def try_edit(desk: Desk, source: str, given: Written) -> Changed:
    """Try a changed declaration: its mistakes, or what it would collect."""
    file = declared_as(desk, source).file
    was = text_of(desk.workspace, file)
    return _try(desk, Draft(source=source, file=file, text=_unix(given.text), was=was))


@change("/sources/files/{file:str}/try", role="editor")
def try_mended(desk: Desk, file: str, given: Written) -> Changed:
    """Try a declaration that could not be used."""
    was = text_of(desk.workspace, _broken(desk, file))
    return _try(desk, Draft(source="", file=file, text=_unix(given.text), was=was))


@page("/sources/drafts/{mark:str}", "source_draft.html.j2", role="editor")
def draft_page(desk: Desk, mark: str) -> DraftPage:
    """A draft with what it would collect."""
    draft = _draft(desk, mark)
    name = draft.checked.name if draft.checked else ""
    return _page(mark, draft, name)


@change("/sources/drafts/{mark:str}/try", role="editor")
def try_again(desk: Desk, mark: str, given: Written) -> Changed:
    """Try a draft as it was changed since."""
    draft = _draft(desk, mark)
    return _try(desk, msgspec.structs.replace(draft, text=_unix(given.text)))


@change("/sources/drafts/{mark:str}/save", role="editor")
def save(desk: Desk, mark: str, given: Written) -> Changed:
    """Save a draft as it is typed; what stood there before is kept for one step back.

    A declaration with a mistake is not saved; the draft stays.
    """
    draft = _draft(desk, mark)
    text = _unix(given.text)
    checked = check_text(desk.workspace, text)
    if checked.mistake is not None:
        replaced = msgspec.structs.replace(draft, text=text, checked=checked, tried=())
        to = f"/sources/drafts/{_keep(desk, replaced)}"
        return Changed(said=_("声明有误，没有保存"), to=to, tone="failed")
    file = _file_for(desk, draft, checked)
    with desk.begin() as session:
        desk.record(
            session,
            "source.change" if draft.was else "source.add",
            checked.id,
            before=draft.was or None,
            after=text,
        )
        save_text(desk.workspace, file, text)
    drop_upload(desk, _PURPOSE, mark)
    return Changed(said=_("声明已保存"), to=f"/sources/{checked.id}")


@change("/sources/drafts/{mark:str}/discard", role="editor")
def discard(desk: Desk, mark: str) -> Changed:
    """Give a draft up."""
    source = _draft(desk, mark).source
    drop_upload(desk, _PURPOSE, mark)
    to = f"/sources/{source}" if source else "/sources"
    return Changed(said=_("已放弃，没有保存"), to=to, tone="note")


def _file_for(desk: Desk, draft: Draft, checked: Checked) -> str:
    """The file a draft is saved to.

    Raises:
        XuanjianError: ``source-exists`` (another source has the id), ``source-changed-twice`` (the
            file is not as it was when the draft was begun), ``source-id``.
    """
    if draft.source and checked.id != draft.source:
        raise BadInput(
            _("编号 id 不能改：%(was)s 变成了 %(id)s") % {"was": draft.source, "id": checked.id},
            "source-id",
            _("采集记录都记在编号名下。改名请改 name；要新来源，请另外新建。"),
        )
    file = draft.file or f"{checked.id}.toml"
    ids = {one.id for one in declared(desk) if one.file != draft.file}
    if checked.id in ids or (not draft.file and (desk.workspace.sources / file).exists()):
        raise XuanjianError(
            _("编号 %(id)s 已被另一个来源使用") % {"id": checked.id},
            "source-exists",
            _("请换一个 id。"),
        )
    if draft.file and text_of(desk.workspace, file) != draft.was:
        raise XuanjianError(
            _("声明在此期间被人改过"), "source-changed-twice", _("请重新打开它，再改一次。")
        )
    return file


def _try(desk: Desk, draft: Draft) -> Changed:
    checked, tried = try_text(desk.workspace, draft.text)
    kept = _keep(desk, msgspec.structs.replace(draft, checked=checked, tried=tried))
    to = f"/sources/drafts/{kept}"
    if checked.mistake is not None:
        return Changed(said=_("声明有误，没有试采"), to=to, tone="failed")
    return Changed(said=_("已试采，还没有保存"), to=to, tone="note")


def _broken(desk: Desk, file: str) -> str:
    for one in declared(desk):
        if one.file == file and one.mistake is not None:
            return one.file
    raise XuanjianError(
        _("没有这份声明：%(id)s") % {"id": file[:80]}, "source-missing", _("请从列表里选择。")
    )


def _keep(desk: Desk, draft: Draft) -> str:
    return keep_words(desk, _PURPOSE, "draft.json", msgspec.json.encode(draft)).mark


def _draft(desk: Desk, mark: str) -> Draft:
    return msgspec.json.decode(kept_upload(desk, _PURPOSE, mark).path.read_bytes(), type=Draft)


def _page(mark: str, draft: Draft, name: str) -> DraftPage:
    mistake = draft.checked.mistake if draft.checked else None
    return DraftPage(
        mark=mark,
        source=draft.source,
        file=draft.file,
        name=name,
        text=draft.text,
        mistake=mistake,
        lines=_about(draft.text, mistake.line if mistake else 0),
        tried=draft.tried,
        longest=LONGEST,
    )


def _about(text: str, wrong: int) -> tuple[Line, ...]:
    """The line that is wrong with two on either side; none for 0."""
    return tuple(
        Line(number=number, text=line, wrong=number == wrong)
        for number, line in enumerate(text.splitlines(), start=1)
        if wrong and abs(number - wrong) <= 2
    )


def _unix(text: str) -> str:
    """A browser sends every line's end as CR LF."""
    text = text.replace("\r\n", "\n")
    return text if text.endswith("\n") else f"{text}\n"


ROUTES = [
    new_page,
    propose,
    edit_page,
    mend_page,
    try_edit,
    try_mended,
    draft_page,
    try_again,
    save,
    discard,
]
