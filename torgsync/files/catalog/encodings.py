"""The encoding of a text export, judged by the whole file (docs/developers/torgsoft.md §2.2, §17 no. 1)."""

from __future__ import annotations

import codecs
import os
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

from torgsync.errors import ExportInvalid
from torgsync.files.catalog.refusals import AGAIN, UNTOUCHED, either
from torgsync.files.catalog.rows import LONGEST, line_at
from torgsync.i18n import Message, _

UTF8 = "utf-8"
CP1251 = "cp1251"

_CHUNK = 1024 * 1024
_LONGEST_LETTER = 4  # bytes of a letter in UTF-8
_LETTERS_BEFORE_DAMAGE = 20  # cp1251 text passes for UTF-8 over a letter or two, never over so many
_SAMPLE = 256 * 1024
_USUAL = "оаинітеврсл"
_ENOUGH, _DIFFERENT = 200, 12  # letters that a judgement needs, in all and different ones
_WORDS, _CLEARLY = 0.45, 1.4  # the share of usual letters that words have, and how much more than as cp1251
_DOUBLED = 0.4  # every second letter of doubled UTF-8 is one of two
_LOST = "\ufffd"
_ZEROS = _("a full disk or a power failure leaves such a file: export the catalog from Torgsoft once more")
_WIDE = ("utf-16", "utf-32")
_SPOKEN = {UTF8: "UTF-8", CP1251: "Windows-1251"}
_UNKNOWN = b"\x98"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def known_encoding(path: Path, encoding: str | None) -> str | None:
    """Return `utf-8` or `cp1251` for any of their names, None for None. Raises ExportInvalid for others."""
    if encoding is None:
        return None
    try:
        name = codecs.lookup(encoding).name
    except (LookupError, ValueError):
        name = encoding
    if name not in {UTF8, CP1251}:
        raise ExportInvalid(
            _("`{path}` cannot be read as `{encoding}`", path=path, encoding=encoding),
            hint=_("the encoding is either `utf-8` or `cp1251`"),
        )
    return name


def unicode_text(path: Path) -> ExportInvalid:
    """Return the refusal of what spreadsheets call "Unicode text": saved by hand, its quotes are lost."""
    return ExportInvalid(
        _('`{path}` was saved as UTF-16 ("Unicode text"), which is not read', path=path),
        hint=either(UNTOUCHED, _('save it there as "CSV UTF-8"')),
    )


def begin_text(path: Path, file: BinaryIO, forced: str | None = None) -> tuple[int, str, Message]:
    """Return where a text of rows begins, behind byte order marks, its encoding, and why it is this one."""
    beginning = file.read(len(codecs.BOM_UTF8))
    if beginning.startswith(_UTF16):
        raise unicode_text(path)
    start = 0
    while beginning == codecs.BOM_UTF8:  # a program that writes one before another program's
        start += len(beginning)
        beginning = file.read(len(codecs.BOM_UTF8))
    encoding, why = find_encoding(path, file, start, forced or (UTF8 if start else None), longest=LONGEST)
    file.seek(start)
    return start, encoding, why


def find_encoding(
    path: Path, file: BinaryIO, start: int, forced: str | None, *, longest: int | None
) -> tuple[str, Message]:
    """Return the encoding in which the file can be read from `start` to its end, and why it is this one.

    `forced` is not questioned. A line of more than `longest` bytes, where one is given, makes it no text.
    Raises ExportInvalid.
    """
    encoding, because = forced or UTF8, _("all its letters are UTF-8")
    broken = _scan(path, file, start, encoding, longest)
    if broken.line and not forced and broken.letters < _LETTERS_BEFORE_DAMAGE:
        encoding = CP1251
        because = _("the letters of line {line} are not UTF-8", line=broken.line)
        broken = _scan(path, file, start, encoding, longest)
    if broken.line:
        if file.seek(0, os.SEEK_END) - broken.at < _LONGEST_LETTER:
            raise ExportInvalid(
                _("`{path}` ends in the middle of line {line}", path=path, line=broken.line), hint=AGAIN
            )
        raise ExportInvalid(
            _(
                "there are letters in `{path}` that cannot be read, the first in line {line}",
                path=path,
                line=broken.line,
            ),
            hint=UNTOUCHED,
        )
    if not forced and (looks := _garbled(file, start, encoding)):
        raise ExportInvalid(
            _(
                "the letters of `{path}` make no words as {encoding}; {looks}",
                path=path,
                encoding=encoding,
                looks=looks,
            ),
            hint=either(UNTOUCHED, _("write `encoding` under `[catalog]` if it is right as it is")),
        )
    return encoding, because


def _garbled(file: BinaryIO, start: int, encoding: str) -> Message | None:
    """Return what the letters look like where they make no words of Ukrainian or Russian, else nothing.

    Every byte is a letter in Windows-1251 and in other Cyrillic encodings alike, and UTF-8 that was read as
    Windows-1251 is sound UTF-8 once more. So the letters are counted: more than half of a text are of the
    usual ones. A few letters, or few different ones, prove nothing.
    """
    file.seek(start)
    sample = file.read(_SAMPLE)
    if encoding == UTF8:
        letters = [letter for letter in sample.decode(UTF8, "ignore") if letter > "\x7f"]
        doubled = _proves(letters) and sum(letter in "РСÐÑ" for letter in letters) > _DOUBLED * len(letters)
        return _("they are UTF-8 that was taken for another encoding") if doubled else None
    high = bytes(byte for byte in sample if byte > 0x7F)  # noqa: PLR2004  # beyond ASCII
    if not _proves(high):
        return None
    shares = {
        name: sum(map(high.count, (_USUAL + _USUAL.upper()).encode(name, "ignore"))) / len(high)
        for name in (CP1251, "koi8-u", "cp866")
    }
    likely = max(shares, key=lambda name: shares[name])
    clearly = shares[likely] > max(_WORDS, _CLEARLY * shares[CP1251])
    return _("they look like {encoding}", encoding=likely) if clearly else None


def _proves(letters: Sequence[object]) -> bool:
    return len(letters) >= _ENOUGH and len(set(letters)) >= _DIFFERENT


def is_surely_utf8(path: Path, file: BinaryIO, start: int) -> bool:
    """Return whether the file is UTF-8 with so many letters beyond ASCII that it can be nothing else."""
    scan = _scan(path, file, start, UTF8, None)
    return not scan.line and scan.letters >= _LETTERS_BEFORE_DAMAGE


def declared_encoding(path: Path, file: BinaryIO, start: int, said: str) -> tuple[str, Message]:
    """Return the encoding of a text that declares `said`, and why it is this one.

    A declaration is not believed against letters that can only be UTF-8: a program that converts a file often
    leaves it as it was. An encoding of two bytes a letter, and one that does not exist, declare nothing: the
    letters decide. Raises ExportInvalid.
    """
    try:
        name = codecs.lookup(said).name
    except LookupError:
        name = ""
    if name not in {UTF8, CP1251} and (not name or name == "ascii" or name.startswith(_WIDE)):
        encoding, because = find_encoding(path, file, start, None, longest=None)
        return encoding, _("{because}, although the file declares `{said}`", because=because, said=said)
    if name != UTF8 and is_surely_utf8(path, file, start):
        return UTF8, _("its letters are UTF-8, although the file declares `{said}`", said=said)
    if name not in {UTF8, CP1251}:
        raise ExportInvalid(
            _("`{path}` declares the encoding `{said}`, which is not read", path=path, said=said),
            hint=_(
                "let the program that writes it export in UTF-8 or Windows-1251; or, if the letters are in "
                "one of these and only the declaration is wrong, name it as `encoding` under `[catalog]`"
            ),
        )
    try:
        return find_encoding(path, file, start, name, longest=None)[0], _("the file declares it")
    except ExportInvalid as refused:
        try:
            letters, _why = find_encoding(path, file, start, None, longest=None)
        except ExportInvalid:
            raise refused from None
        raise ExportInvalid(
            _("{refused}, although the file declares `{said}`", refused=refused.message, said=said),
            hint=_(
                'if it is {encoding}, write `encoding = "{key}"` under `[catalog]`; if not, {untouched}',
                encoding=_SPOKEN[letters],
                key=letters,
                untouched=UNTOUCHED,
            ),
        ) from None


class _Scan(NamedTuple):
    """How far a file can be decoded: letters beyond ASCII, and the line and offset of the first that cannot.

    `line` is 0 where all can.
    """

    letters: int
    line: int
    at: int


def _scan(path: Path, file: BinaryIO, start: int, encoding: str, longest: int | None) -> _Scan:
    """Look from `start` to the end or the first broken letter. Raises ExportInvalid for a spoilt text."""
    decode = _cp1251_letters if encoding == CP1251 else codecs.getincrementaldecoder(encoding)().decode
    letters = unbroken = 0
    at = start
    file.seek(start)
    more = True
    while more:
        chunk = file.read(_CHUNK)
        more = bool(chunk)
        try:
            text = decode(chunk, final=not more)
        except UnicodeDecodeError as error:
            sound = error.object[: error.start]
            broken = at + len(chunk) - len(error.object) + error.start
            letters += len(sound) - len(sound.decode(encoding))
            return _Scan(letters, line_at(file, start, broken), broken)
        unbroken = 0 if b"\n" in chunk else unbroken + len(chunk)
        if b"\0" in chunk:
            raise ExportInvalid(
                _("`{path}` is not a text file: there are zero bytes in it", path=path), hint=_ZEROS
            )
        if longest and unbroken > longest:
            raise ExportInvalid(
                _("`{path}` is not a text file: a line has no end", path=path), hint=UNTOUCHED
            )
        if _LOST in text:
            line = line_at(file, start, at) + text[: text.index(_LOST)].count("\n")
            raise ExportInvalid(
                _(
                    "letters of `{path}` were lost when another program saved it, the first in line {line}",
                    path=path,
                    line=line,
                ),
                hint=UNTOUCHED,
            )
        at += len(chunk)
        letters += len(chunk) - len(text)
    return _Scan(letters, 0, at)


def _cp1251_letters(chunk: bytes, *, final: bool) -> str:  # noqa: ARG001  # every letter is one byte
    """Refuse what is no Windows-1251: all bytes but one are, so nothing is decoded, and no loss detected."""
    if _UNKNOWN in chunk:
        at = chunk.index(_UNKNOWN)
        raise UnicodeDecodeError(CP1251, chunk, at, at + 1, "it stands for no letter")
    return ""
