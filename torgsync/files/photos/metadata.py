"""Cut personal metadata (place, people, device) out of pictures, without encoding them again.

What a browser needs to show the picture stays: its data, its colours with their profile, an animation.
Everything else goes, known or not, also what follows the picture's end in its file.
Sources: ITU T.81, annex B; PNG, third edition, sections 5 and 11; GIF89a, sections 18 to 27.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from zlib import crc32

from torgsync.core.photos.pictures import PictureType

_JPEG_MARK = re.compile(rb"\xff+([^\x00\xff\xd0-\xd7])", re.DOTALL)
"""A mark, outside the data of a scan or ending them: there, 255 is followed by 0, or by a restart."""
_JPEG_START, _JPEG_END, _JPEG_SCAN = b"\xd8", b"\xd9", b"\xda"
_JPEG_NOTES = {bytes((mark,)): () for mark in (*range(0xE0, 0xF0), 0xFE)} | {
    b"\xe0": (b"JFIF\0",),
    b"\xe2": (b"ICC_PROFILE\0",),
    b"\xee": (b"Adobe",),
}
"""Parts of applications and comments, by their marks, with the beginnings of those that stay."""

_PNG_START = b"\x89PNG\r\n\x1a\n"
_PNG_END = b"IEND"
_PNG_KEPT = frozenset(
    (b"IHDR PLTE IDAT IEND tRNS bKGD pHYs gAMA cHRM iCCP sRGB sBIT cICP acTL fcTL fdAT").split()
)

_GIF_TABLE = 0x80
_GIF_CONTROL, _GIF_APPLICATION = b"\xf9", b"\xff"
_GIF_KEPT = (b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012")


def without_metadata(content: bytes, kind: PictureType) -> bytes:
    """Return a picture without its metadata; the same bytes where it has none.

    Raises ValueError where the picture is cut off or damaged, or of a type that Prom does not take.
    """
    match kind:
        case PictureType.JPEG:
            parts = _jpeg_parts(content)
        case PictureType.PNG:
            parts = _png_parts(content)
        case PictureType.GIF:
            parts = _gif_parts(content)
        case _:
            raise ValueError(f"{kind} is not published")
    return b"".join(parts)


def _jpeg_parts(content: bytes) -> Iterator[bytes]:
    at = 0
    while mark := _JPEG_MARK.search(content, at):
        kind, start, at = mark[1], mark.start(), mark.end()
        if kind in (_JPEG_START, _JPEG_END):
            yield b"\xff" + kind
            if kind == _JPEG_END:
                return
            continue
        size = int.from_bytes(_bytes(content, at, 2), "big")
        body = _bytes(content, at, size)[2:]
        at += size
        kept = _JPEG_NOTES.get(kind)
        if kept is None or body.startswith(kept):
            yield content[start:at]
        if kind == _JPEG_SCAN:
            following = _JPEG_MARK.search(content, at)
            yield content[at : following.start()] if following else b""
    raise ValueError("the picture does not end")


def _png_parts(content: bytes) -> Iterator[bytes]:
    at = len(_PNG_START)
    yield _bytes(content, 0, at)
    while True:
        head = _bytes(content, at, 8)
        size, kind = int.from_bytes(head[:4], "big"), head[4:]
        whole = _bytes(content, at, size + 12)
        at += len(whole)
        if crc32(whole[4:-4]) != int.from_bytes(whole[-4:], "big"):
            raise ValueError("a part of the picture is damaged")
        if kind in _PNG_KEPT:
            yield whole
        if kind == _PNG_END:
            return


def _gif_parts(content: bytes) -> Iterator[bytes]:
    at = 13 + _table(_bytes(content, 10, 1)[0])
    yield _bytes(content, 0, at)
    while (kind := _bytes(content, at, 1)) != b"\x3b":
        start = at
        if kind == b"\x2c":  # an image: its place, perhaps its own colours, the size of its codes
            at += 11 + _table(_bytes(content, at + 9, 1)[0])
            kept = True
        elif kind == b"\x21":
            label, first = _bytes(content, at + 1, 1), _bytes(content, at + 3, 11)
            at += 2
            kept = label == _GIF_CONTROL or (label == _GIF_APPLICATION and first in _GIF_KEPT)
        else:
            raise ValueError("a block of an unknown kind")
        while size := _bytes(content, at, 1)[0]:
            at += 1 + size
        at += 1
        if kept:
            yield _bytes(content, start, at - start)
    yield b"\x3b"


def _table(flags: int) -> int:
    """Return the length of a table of colours in bytes, by the flags before it."""
    return 3 << ((flags & 7) + 1) if flags & _GIF_TABLE else 0


def _bytes(content: bytes, at: int, size: int) -> bytes:
    part = content[at : at + size]
    if len(part) != size or not size:
        raise ValueError("the picture is cut off")
    return part
