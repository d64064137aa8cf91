"""Recognise files that are no export at all by their first bytes, and say what they are.

What a file is comes before what it lacks: an archive has no column names, and a web page is no XML that was
cut off. Source: docs/developers/torgsoft.md §2.1, §9, §17 no. 4.
"""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
from contextlib import suppress
from pathlib import Path

from torgsync.core.text import one_line
from torgsync.disk import open_file
from torgsync.errors import ExportInvalid
from torgsync.files.catalog.archives import open_archive
from torgsync.files.catalog.encodings import unicode_text
from torgsync.files.catalog.refusals import UNPACK
from torgsync.i18n import Message, _

LOOK = 4096
"""How many bytes of a file are enough to see how it begins."""
ARCHIVE = b"PK\x03\x04"
"""How a ZIP archive begins, and a spreadsheet, which is one."""
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How a spreadsheet of the old kind begins, and one with a password."""
YML_ROOT = "yml_catalog"

_BLANK = bytes(range(0x21))  # control bytes may precede the XML (torgsoft §2.2)
_PACKED = (
    (re.compile(rb"PK\x05\x06|PK\x07\x08"), "ZIP"),
    (re.compile(rb"\x1f\x8b"), "gzip"),
    (re.compile(rb"BZh[1-9]1AY&SY"), "bzip2"),
    (re.compile(rb"\xfd7zXZ\x00"), "xz"),
    (re.compile(rb"7z\xbc\xaf\x27\x1c"), "7z"),
    (re.compile(rb"Rar!\x1a\x07"), "RAR"),
    (re.compile(rb"\x28\xb5\x2f\xfd"), "zstd"),
    (re.compile(rb".{257}ustar", re.DOTALL), "tar"),
)
_DOCUMENTS = (
    (re.compile(rb"%PDF-"), _("a PDF document")),
    (re.compile(rb"\{\\rtf"), _("a text document (RTF)")),
    (re.compile(rb"\x89PNG\r\n|\xff\xd8\xff|GIF8[79]a"), _("a picture")),
    (re.compile(rb"SQLite format 3\x00|\x00\x01\x00\x00Standard "), _("a database")),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:\{\s*[\"}]|\[\s*[\[{\"])"), _("JSON")),
)
_MEMBERS_OF_A_BOOK = ("xl/", "[Content_Types].xml", "_rels/", "docProps/")
_OPEN_DOCUMENT = b"application/vnd.oasis.opendocument.spreadsheet"
_BROKEN = (OSError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, KeyError)
"""How a ZIP archive fails that is cut, packed in another way, protected, or lacks what is asked for."""
_SURE = 4  # Latin letters that show two bytes each
_SHOWN = 3  # members of an archive
_LONGEST_NAME = 60
_PAGE = 512 * 1024  # bytes of a web page in which a table is looked for

_SKIPPED = re.compile(rb"(?:[\x00-\x20]+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
_DOCTYPE = re.compile(rb"<!DOCTYPE\s+([^\s>\[]+)[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(rb"<([^\s<>/!?&\"'=]+)")
_PARTS_OF_A_PAGE = frozenset("html head body table meta title style link div font p center script".split())
_SPREADSHEET = re.compile(rb"<table|office:excel|urn:schemas-microsoft-com:office", re.IGNORECASE)
_OLD_EXCEL = b"urn:schemas-microsoft-com:office:spreadsheet"

_COMMERCE_ML = _("an exchange file of 1C or BAS (CommerceML)")
_PRICE_LIST = _("a price list, such as Prom.ua's own Price format")
_KNOWN_ROOTS = {
    "КоммерческаяИнформация": _COMMERCE_ML,
    "КомерційнаІнформація": _COMMERCE_ML,
    "rss": _("a feed in RSS"),
    "feed": _("a feed in Atom"),
    "shop": _PRICE_LIST,
    "price": _PRICE_LIST,
}
_AS_YML = _("let the program that writes it export the items as YML, CSV or a spreadsheet (.xlsx)")
_AS_XLSX = _("open it in a spreadsheet program and save it again as `.xlsx`")


def start_of_text(beginning: bytes) -> int:
    """Return the offset of the first byte that is no byte order mark, no blank and no control byte."""
    rest = beginning
    while (stripped := rest.removeprefix(codecs.BOM_UTF8).lstrip(_BLANK)) != rest:
        rest = stripped
    return len(beginning) - len(rest)


def root_of(beginning: bytes) -> str:
    """Return the name of the first element of XML or HTML, empty where none begins here."""
    at = _SKIPPED.match(beginning, start_of_text(beginning))
    place = at.end() if at else 0
    if doctype := _DOCTYPE.match(beginning, place):
        after = _SKIPPED.match(beginning, doctype.end())
        place = after.end() if after else doctype.end()
    match = _ROOT.match(beginning, place)
    if not match:
        return ""
    try:
        return match[1].decode()
    except UnicodeDecodeError:
        return match[1].decode("cp1251", "replace")


def refuse_other_kinds(path: Path, beginning: bytes) -> None:
    """Refuse what is no table of goods: archives, documents, web pages. Raises ExportInvalid."""
    for sign, name in _PACKED:
        if sign.match(beginning):
            raise _archive(_("`{path}` is a packed archive ({kind})", path=path, kind=name))
    for sign, name in _DOCUMENTS:
        if sign.match(beginning):
            raise _not_an_export(path, name, _AS_YML)
    if beginning.startswith(ARCHIVE):
        _refuse_archive(path, beginning)
    if beginning.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        _refuse_utf16(path, beginning.decode("utf-16", "ignore").encode())
    elif wide := _wide(beginning):
        _refuse_utf16(path, beginning.decode(wide, "ignore").encode())
    _refuse_page(path, beginning)


def other_xml(path: Path, root: str, beginning: bytes) -> ExportInvalid:
    """Return the refusal of XML that is no YML, by its root."""
    if root == "Workbook" and _OLD_EXCEL in beginning:
        return ExportInvalid(
            _("`{path}` is a spreadsheet saved as XML, which is not read", path=path), hint=_AS_XLSX
        )
    shown = one_line(root)[:_LONGEST_NAME]
    local = shown.rpartition(":")[2]
    shown_as = {"path": path, "root": shown}
    what = _(
        "`{path}` is another kind of XML, with the root `{root}`; of XML only YML is read, "
        "whose root is `yml_catalog`",
        **shown_as,
    )
    if local in _KNOWN_ROOTS:
        what = _(
            "`{path}` is {what}: XML with the root `{root}`; of XML only YML is read, "
            "whose root is `yml_catalog`",
            what=_KNOWN_ROOTS[local],
            **shown_as,
        )
    return ExportInvalid(what, hint=_AS_YML)


def _wide(beginning: bytes) -> str:
    """Return the encoding of a text in UTF-16 that has no mark, empty for any other."""
    head = beginning[: len(beginning) // 2 * 2]
    for encoding, zeros, letters in (
        ("utf-16-le", head[1::2], head[::2]),
        ("utf-16-be", head[::2], head[1::2]),
    ):
        if len(zeros) >= _SURE and not any(zeros[:_SURE]) and all(letters[:_SURE]):
            return encoding
    return ""


def _refuse_utf16(path: Path, text: bytes) -> None:
    """Refuse a text of two bytes a letter; `text` is its beginning in UTF-8."""
    _refuse_page(path, text)
    if text[start_of_text(text) :].startswith(b"<"):
        raise ExportInvalid(
            _("`{path}` is XML in UTF-16, which is not read", path=path),
            hint=_("let the program that writes it export in UTF-8 or Windows-1251"),
        )
    raise unicode_text(path)


def _refuse_page(path: Path, beginning: bytes) -> None:
    head = beginning[start_of_text(beginning) :]
    if head[:13].lower() == b"mime-version:":
        raise _not_an_export(path, _("a saved web page (MHTML)"), _AS_XLSX)
    page = (
        re.match(rb"<!DOCTYPE\s+html", head, re.IGNORECASE)
        or root_of(beginning).casefold() in _PARTS_OF_A_PAGE
    )
    if not page:
        return
    with suppress(OSError), open_file(path) as file:
        beginning += file.read(_PAGE)  # a style sheet may precede the table
    if _SPREADSHEET.search(beginning):
        suffix = path.suffix.lower()
        what = _("a web page with a table")
        if suffix in {".xls", ".xlsx", ".csv"}:
            what = _("a web page with a table that is named `{suffix}`", suffix=suffix)
        raise _not_an_export(path, what, _AS_XLSX)
    raise _not_an_export(
        path,
        _("a web page"),
        _("open it in a browser: a server gave this page instead of the file, and the page says why"),
    )


def _refuse_archive(path: Path, beginning: bytes) -> None:
    """Refuse a ZIP archive that is no spreadsheet; a broken one is judged by its first member."""
    names = [_first_member(beginning)]
    content = b""
    with suppress(*_BROKEN), open_archive(path) as archive:
        names = archive.namelist()
        with archive.open("mimetype") as member:
            content = member.read(len(_OPEN_DOCUMENT))
    if any(name.startswith("word/") for name in names):
        raise _not_an_export(path, _("a text document (.docx)"), _AS_YML)
    book = any(name.startswith(_MEMBERS_OF_A_BOOK) for name in names)
    if book or content == _OPEN_DOCUMENT or names in ([""], ["mimetype"]):
        return
    shown = {"path": path, "names": tuple(one_line(name)[:_LONGEST_NAME] for name in names[:_SHOWN])}
    if len(names) > _SHOWN:
        raise _archive(
            _(
                "`{path}` is a packed archive (ZIP) with {names:quoted} and {more} more in it",
                more=len(names) - _SHOWN,
                **shown,
            )
        )
    raise _archive(_("`{path}` is a packed archive (ZIP) with {names:quoted} in it", **shown))


def _first_member(beginning: bytes) -> str:
    """Return the name of the first file in a ZIP archive, empty where its head is not whole."""
    head = "<26xHH"
    if len(beginning) < struct.calcsize(head):
        return ""
    length, _extra = struct.unpack_from(head, beginning)
    return beginning[struct.calcsize(head) :][:length].decode("utf-8", "replace")


def _archive(what: Message) -> ExportInvalid:
    return ExportInvalid(what, hint=UNPACK)


def _not_an_export(path: Path, what: Message, hint: Message) -> ExportInvalid:
    return ExportInvalid(_("`{path}` is {what}, not an export", path=path, what=what), hint=hint)
