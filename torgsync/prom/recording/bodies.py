"""The body of a request or an answer as a recording holds it: its kind, and its texts replaced."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Sequence
from email.message import Message
from io import BytesIO
from math import isfinite
from zipfile import BadZipFile, ZipFile

from lxml import etree

from torgsync.core.recording.exchange import Body
from torgsync.core.recording.rules import (
    clean_attribute,
    clean_cell,
    clean_element,
    clean_file_name,
    clean_json,
    media_type,
)
from torgsync.core.recording.words import Replacer

LARGEST_MEMBER = 64_000_000
"""Bytes of a spreadsheet's part; what unfolds to more is no file of ours."""
_NAME = re.compile(r"[A-Za-z_][\w.-]{0,60}", re.ASCII)
_MEMBER = re.compile(r"(?:[A-Za-z_]+/)*\[?[A-Za-z_]+\]?\d{0,4}\.(?:xml|xml\.rels|rels)|_rels/\.rels")
_SHOWN_ATTRIBUTES = frozenset({"name", "displayName", "Target", "location", "author", "tooltip", "display"})
"""Attributes of a spreadsheet that hold texts."""
_SHEET_FILE = re.compile(r"[\w/.\[\]]{1,80}\.xml")

Headers = Sequence[tuple[str, str]]


def clean_body(words: Replacer, content: bytes, headers: Headers, path: str) -> Body | None:
    """Return a body with its texts replaced, None for an empty one; what it is, it shows itself."""
    if not content:
        return None
    kind = media_type(headers)
    if kind == "multipart/form-data":
        return _form(words, content, headers)
    json_body = _json(words, content, path)
    if json_body is not None:
        return json_body
    text = _decoded(content)
    if text is None:
        return {"kind": "bytes", "size": len(content)}
    if "html" in kind or text.lstrip().startswith("<"):
        return {"kind": "page", "text": words.page(text)}
    return {"kind": "text", "text": words.phrase(text)}


def _json(words: Replacer, content: bytes, path: str) -> Body | None:
    try:
        value = json.loads(content, parse_float=_fraction, parse_constant=_no_number)
        of_edit = path.startswith("/products/edit") and isinstance(value, dict)
        return {"kind": "json", "json": clean_json(words, value, of_edit=of_edit)}
    except (ValueError, RecursionError):
        return None


def _fraction(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise ValueError("a number without end")
    return number


def _no_number(constant: str) -> None:
    raise ValueError(f"{constant} is no JSON number")


def _decoded(content: bytes) -> str | None:
    """Return the text of bytes, None where they are none."""
    for encoding in ("utf-8-sig", "cp1251"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        return None if "\0" in text else text
    return None


# Forms, of which one is an import


def _form(words: Replacer, content: bytes, headers: Headers) -> Body:
    message = Message()
    message["Content-Type"] = next(value for name, value in headers if name.lower() == "content-type")
    boundary = str(message.get_param("boundary") or "").encode("latin-1", "replace")
    pieces = content.split(b"--" + boundary) if boundary else []
    parts = [
        _part(words, piece.removeprefix(b"\r\n").removesuffix(b"\r\n"))
        for piece in pieces[1:]
        if not piece.startswith(b"--")
    ]
    return {"kind": "form", "parts": parts}


def _part(words: Replacer, piece: bytes) -> dict[str, object]:
    head, _, content = piece.partition(b"\r\n\r\n")
    message = Message()
    for line in head.decode("utf-8", "replace").split("\r\n"):
        title, _, value = line.partition(":")
        message[title.strip()] = value.strip()
    name, filename = message.get_param("name", header="content-disposition"), message.get_filename()
    kind = str(message.get("content-type") or "")
    return {
        "name": name if isinstance(name, str) and _NAME.fullmatch(name) else words.text(str(name or "")),
        "filename": None if filename is None else clean_file_name(words, filename),
        "type": kind if re.fullmatch(r"[\w.+-]{1,60}/[\w.+-]{1,80}", kind) else None,
        "content": clean_body(words, content, (), "") if filename is None else clean_file(words, content),
    }


def clean_file(words: Replacer, content: bytes) -> Body:
    """Return a file that is sent, with its texts replaced: a YML file, a spreadsheet, or only a size."""
    if content[:2] == b"PK":
        return _spreadsheet(words, content)
    try:
        root = etree.fromstring(content, _parser())
    except (etree.XMLSyntaxError, ValueError):
        return {"kind": "bytes", "size": len(content)}
    for element in root.iter():
        _clean_yml(words, element)
    return {"kind": "xml", "text": etree.tostring(root, encoding="unicode")}


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        dtd_validation=False,
        huge_tree=True,
    )


def _local(element: etree._Element) -> str:
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _clean_yml(words: Replacer, element: etree._Element) -> None:
    tag = _local(element)
    if not _NAME.fullmatch(tag):
        element.tag = words.text(tag) or "x"
    element.text = element.text and clean_element(words, tag, element.text)
    element.tail = element.tail and words.text(element.tail)
    for name, value in list(element.attrib.items()):
        cleaned = clean_attribute(words, str(name), str(value))
        if not _NAME.fullmatch(str(name)):
            del element.attrib[name]
            name = "x"  # noqa: PLW2901  # a name that is a text
        element.attrib[name] = cleaned


def _spreadsheet(words: Replacer, content: bytes) -> Body:
    """Return the parts of a spreadsheet that are XML; all texts in them are replaced."""
    members: dict[str, str] = {}
    try:
        with ZipFile(BytesIO(content)) as archive:
            for info in archive.infolist():
                if _MEMBER.fullmatch(info.filename) and info.file_size <= LARGEST_MEMBER:
                    root = etree.fromstring(archive.read(info), _parser())
                    for element in root.iter():
                        _clean_cells(words, element)
                    members[info.filename] = etree.tostring(root, encoding="unicode")
    except (
        BadZipFile,
        etree.XMLSyntaxError,
        ValueError,
        NotImplementedError,
        RuntimeError,
        zlib.error,
        OSError,
    ):
        return {"kind": "bytes", "size": len(content)}
    return {"kind": "zip", "members": members}


def _clean_cells(words: Replacer, element: etree._Element) -> None:
    text = element.text
    if text and text.strip():
        number = _local(element) == "v" and re.fullmatch(r"-?\d{1,10}(?:\.\d+)?", text)
        element.text = text if number else clean_cell(words, text)
    element.tail = element.tail and words.text(element.tail)
    for name, value in element.attrib.items():
        local = str(name).rpartition("}")[2]
        if local in _SHOWN_ATTRIBUTES and not _SHEET_FILE.fullmatch(str(value)):
            element.attrib[name] = clean_cell(words, str(value))
