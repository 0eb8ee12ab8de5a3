"""The Word file a paper is written into: our own, or a department's.

Hides: how a template is made and what is asked of one. Ours is made from ``styles`` alone, without
python-docx's default file, whose theme sends Chinese text to MS Mincho: every style names its
east-asian font, no theme is there, and the font table tells which font stands in for which.
"""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from pipeline.errors import BadInput, DiskTrouble
from pipeline.reports.docx.styles import FONTS, LATIN, PAGE, STYLES, TABLE_STYLE, Font, Style

if TYPE_CHECKING:
    from docx.document import Document

__all__ = ["open_template", "own_template"]

_MAIN = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEADER = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PARTS = (
    ("styles", "styles"),
    ("fontTable", "fontTable"),
    ("settings", "settings"),
    ("footer1", "footer"),
    ("footer2", "footer"),
)
"""Name and kind of the parts beside the document."""
_TWIPS = 1440 / 25.4
"""Twentieths of a point in a millimetre."""
_MOST_UNPACKED = 60_000_000


def open_template(path: Path | None) -> Document:
    """An empty document in the layout of ``path``, ours where it is None.

    Raises:
        BadInput: ``template-unreadable``; ``template-styles`` naming the styles it lacks;
            ``template-external`` where it draws on something outside itself.
        DiskTrouble: it cannot be read.
    """
    import docx

    if path is None:
        return docx.Document(io.BytesIO(own_template()))
    document = _read(path)
    held = {style.name for style in document.styles}
    missing = [name for name in (*(s.name for s in STYLES), TABLE_STYLE) if name not in held]
    if missing:
        raise BadInput(
            f"{path} lacks the styles {'、'.join(missing)}",
            "template-styles",
            "Take a report Xuanjian wrote, change its styles in Word, and save that as template.",
        )
    body = document.element.body
    for child in list(body):
        if not child.tag.endswith("}sectPr"):
            body.remove(child)
    return document


def _read(path: Path) -> Document:
    import docx

    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DiskTrouble.from_os_error(error, "reading", path) from error
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as package:
            if sum(entry.file_size for entry in package.infolist()) > _MOST_UNPACKED:
                raise _unreadable(path, "it unpacks to too much")
        document = docx.Document(io.BytesIO(raw))
    except BadInput:
        raise
    except Exception as error:  # python-docx meets a broken file with whatever comes up
        raise _unreadable(path, str(error)) from error
    _leave_outside_alone(document, path)
    return document


def _unreadable(path: Path, why: str) -> BadInput:
    return BadInput(
        f"{path} is not a Word file that can serve as template: {why}",
        "template-unreadable",
        "Save it in Word or WPS as .docx (no macros, no password).",
    )


def _leave_outside_alone(document: Document, path: Path) -> None:
    """Cut the link to the machine's Normal.dotm, and refuse any other link out of the file."""
    for part in document.part.package.iter_parts():
        for key, relation in list(part.rels.items()):
            if not relation.is_external:
                continue
            if not relation.reltype.endswith("/attachedTemplate"):
                raise BadInput(
                    f"{path} draws on {str(relation.target_ref)[:200]}, which is outside it",
                    "template-external",
                    "Take linked pictures and links out of the template, then save it again.",
                )
            del part.rels[key]
    settings = document.settings.element
    for element in settings.findall(f"{{{_MAIN}}}attachedTemplate"):
        settings.remove(element)


def own_template() -> bytes:
    """Our template: an empty A4 document with the styles, fonts and page numbers."""
    files = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations(f"{_OFFICE}/officeDocument", ["word/document.xml"]),
        "word/document.xml": _document(),
        "word/_rels/document.xml.rels": _part_relations(),
        "word/styles.xml": _styles(),
        "word/fontTable.xml": _font_table(),
        "word/settings.xml": _settings(),
        "word/footer1.xml": _footer("right"),
        "word/footer2.xml": _footer("left"),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in files.items():
            package.writestr(zipfile.ZipInfo(name), _HEADER + text)
    return out.getvalue()


def _content_types() -> str:
    parts = [("document", "document.main"), *_PARTS]
    return (
        f'<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        + "".join(
            f'<Override PartName="/word/{name}.xml" ContentType="{_TYPE}.{kind}+xml"/>'
            for name, kind in parts
        )
        + "</Types>"
    )


def _relations(kind: str, targets: list[str]) -> str:
    inside = "".join(
        f'<Relationship Id="rId{number}" Type="{kind}" Target="{target}"/>'
        for number, target in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _part_relations() -> str:
    inside = "".join(
        f'<Relationship Id="rId{number}" Type="{_OFFICE}/{kind}" Target="{name}.xml"/>'
        for number, (name, kind) in enumerate(_PARTS, 1)
    )
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{inside}</Relationships>'


def _twips(millimetres: float) -> int:
    return round(millimetres * _TWIPS)


def _document() -> str:
    page = PAGE
    margins = {
        name: _twips(getattr(page, name)) for name in ("top", "right", "bottom", "left", "footer")
    }
    said = " ".join(f'w:{name}="{value}"' for name, value in margins.items())
    return (
        f'<w:document xmlns:w="{_MAIN}" xmlns:r="{_OFFICE}"><w:body><w:sectPr>'
        '<w:footerReference w:type="default" r:id="rId4"/>'
        '<w:footerReference w:type="even" r:id="rId5"/>'
        f'<w:pgSz w:w="{_twips(page.width)}" w:h="{_twips(page.height)}"/>'
        f'<w:pgMar {said} w:header="851" w:gutter="0"/>'
        "</w:sectPr></w:body></w:document>"
    )


def _footer(align: str) -> str:
    """— 1 —, on the outer side, a character in from the edge."""
    indent = "w:right" if align == "right" else "w:left"

    def run(inside: str) -> str:
        return f"<w:r>{inside}</w:r>"

    number = (
        run('<w:fldChar w:fldCharType="begin"/>')
        + run('<w:instrText xml:space="preserve"> PAGE </w:instrText>')
        + run('<w:fldChar w:fldCharType="separate"/>')
        + run("<w:t>1</w:t>")
        + run('<w:fldChar w:fldCharType="end"/>')
    )
    before, after = (run(f'<w:t xml:space="preserve">{dash}</w:t>') for dash in ("— ", " —"))
    return (
        f'<w:ftr xmlns:w="{_MAIN}"><w:p><w:pPr><w:pStyle w:val="{_style_id("公文页码")}"/>'
        f'<w:ind {indent}="280"/><w:jc w:val="{align}"/></w:pPr>{before}{number}{after}</w:p></w:ftr>'
    )


def _settings() -> str:
    return (
        f'<w:settings xmlns:w="{_MAIN}"><w:evenAndOddHeaders/>'
        '<w:defaultTabStop w:val="420"/><w:characterSpacingControl w:val="compressPunctuation"/>'
        '<w:compat><w:compatSetting w:name="compatibilityMode" '
        'w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
        '<w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>'
    )


def _font_table() -> str:
    return (
        f'<w:fonts xmlns:w="{_MAIN}">'
        + "".join(map(_font, FONTS.values()))
        + f'<w:font w:name="{LATIN}"><w:altName w:val="Liberation Serif"/>'
        '<w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font></w:fonts>'
    )


def _font(font: Font) -> str:
    return (
        f'<w:font w:name="{font.name}"><w:altName w:val="{",".join(font.others)}"/>'
        f'<w:charset w:val="86"/><w:family w:val="{font.family}"/><w:pitch w:val="auto"/></w:font>'
    )


def _fonts_of(east_asian: str) -> str:
    return (
        f'<w:rFonts w:ascii="{LATIN}" w:hAnsi="{LATIN}" w:eastAsia="{east_asian}" w:cs="{LATIN}"/>'
    )


def _style_id(name: str) -> str:
    """The inner name of a style; Word wants it without Chinese when it writes fields."""
    names = [style.name for style in STYLES]
    return f"XJ{names.index(name) + 1:02}"


def _styles() -> str:
    body = FONTS["body"].name
    language = '<w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/>'
    defaults = (
        f"<w:docDefaults><w:rPrDefault><w:rPr>{_fonts_of(body)}"
        f'<w:sz w:val="32"/><w:szCs w:val="32"/>{language}</w:rPr></w:rPrDefault>'
        "<w:pPrDefault><w:pPr/></w:pPrDefault></w:docDefaults>"
    )
    normal = (
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/>'
        '<w:qFormat/><w:pPr><w:widowControl/><w:jc w:val="both"/></w:pPr>'
        f'<w:rPr>{_fonts_of(body)}<w:kern w:val="2"/></w:rPr></w:style>'
    )
    character = (
        '<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont">'
        '<w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>'
    )
    return (
        f'<w:styles xmlns:w="{_MAIN}">{defaults}{normal}{character}{_tables()}'
        + "".join(map(_style, STYLES))
        + "</w:styles>"
    )


def _tables() -> str:
    sides = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    cells = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (("top", 28), ("left", 57), ("bottom", 28), ("right", 57))
    )
    return (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal">'
        '<w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/>'
        '<w:tblPr><w:tblInd w:w="0" w:type="dxa"/></w:tblPr></w:style>'
        f'<w:style w:type="table" w:customStyle="1" w:styleId="XJTable"><w:name w:val="{TABLE_STYLE}"/>'
        '<w:basedOn w:val="TableNormal"/><w:qFormat/>'
        f"<w:tblPr><w:tblBorders>{sides}</w:tblBorders><w:tblCellMar>{cells}</w:tblCellMar></w:tblPr>"
        '<w:tcPr><w:vAlign w:val="center"/></w:tcPr></w:style>'
    )


def _style(style: Style) -> str:
    spacing = f'w:before="{round(20 * style.before)}" w:after="{round(20 * style.after)}"'
    if style.line:
        spacing += f' w:line="{round(20 * style.line)}" w:lineRule="exact"'
    indents = ""
    if style.indent:
        chars, twips = round(100 * style.indent), round(20 * style.size * style.indent)
        indents += f' w:firstLineChars="{chars}" w:firstLine="{twips}"'
    if style.right:
        chars, twips = round(100 * style.right), round(20 * style.size * style.right)
        indents += f' w:rightChars="{chars}" w:right="{twips}"'
    paragraph = (
        ("<w:keepNext/>" if style.keep_with_next else "")
        + f"<w:spacing {spacing}/>"
        + (f"<w:ind{indents}/>" if indents else "")
        + f'<w:jc w:val="{style.align}"/>'
        + (f'<w:outlineLvl w:val="{style.outline - 1}"/>' if style.outline else "")
    )
    size = round(2 * style.size)
    run = (
        _fonts_of(FONTS[style.font].name)
        + ("<w:b/>" if style.bold else "")
        + (f'<w:color w:val="{style.colour}"/>' if style.colour else "")
        + (f'<w:spacing w:val="{-round(20 * style.squeezed)}"/>' if style.squeezed else "")
        + f'<w:sz w:val="{size}"/><w:szCs w:val="{size}"/>'
    )
    return (
        f'<w:style w:type="paragraph" w:customStyle="1" w:styleId="{_style_id(style.name)}">'
        f'<w:name w:val="{escape(style.name)}"/><w:basedOn w:val="Normal"/><w:qFormat/>'
        f"<w:pPr>{paragraph}</w:pPr><w:rPr>{run}</w:rPr></w:style>"
    )
