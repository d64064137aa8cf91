"""Pictures for tests: sound, odd and hostile ones, all invented."""

from __future__ import annotations

import struct
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import shake_256
from io import BytesIO
from types import MappingProxyType
from zlib import compress, crc32

from PIL import Image, ImageCms
from PIL.PngImagePlugin import PngInfo

SECRET = b"Olena Petrenko"
"""A name in the metadata of these pictures, which must not reach the site."""
_ORIENTATION, _ARTIST, _GPS = 0x0112, 0x013B, 0x8825


def picture(
    kind: str = "JPEG", sides: tuple[int, int] = (300, 400), mode: str = "RGB", **how: object
) -> bytes:
    """Return a plain picture; `how` goes to Pillow."""
    return saved(Image.new(mode, sides, 0), kind, **how)


@cache
def named(name: str) -> bytes:
    """Return a picture that is another one for every name."""
    red, green, blue = shake_256(name.encode()).digest(3)
    return saved(Image.new("RGB", (300, 400), (red, green, blue)), "JPEG")


def grainy(kind: str = "JPEG", sides: tuple[int, int] = (300, 400), **how: object) -> bytes:
    """Return a picture that does not compress."""
    noise = shake_256(b"grain").digest(sides[0] * sides[1] * 3)
    return saved(Image.frombytes("RGB", sides, noise), kind, **how)


def saved(image: Image.Image, kind: str, **how: object) -> bytes:
    """Return a picture as a file has it."""
    out = BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()


def personal(orientation: int = 1) -> Image.Exif:
    """Return metadata of a camera: who took the picture and where."""
    exif = Image.Exif()
    exif[_ORIENTATION], exif[_ARTIST] = orientation, SECRET.decode()
    exif.get_ifd(_GPS)[1] = "N"
    return exif


def notes() -> PngInfo:
    """Return the same as texts of a PNG."""
    texts = PngInfo()
    texts.add_text("Author", SECRET.decode())
    texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    texts.add_text("Comment", SECRET.decode(), zip=True)
    return texts


@cache
def profile() -> bytes:
    """Return a profile of colours; it has the time at which it was made."""
    return ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()


def animation() -> bytes:
    """Return a GIF that moves."""
    frames = [Image.new("L", (300, 300), grey) for grey in (0, 80, 160)]
    return saved(frames[0], "GIF", save_all=True, append_images=frames[1:])


def png(width: int, height: int, pixels: bytes = b"", *more: tuple[bytes, bytes]) -> bytes:
    """Return a PNG that says it has these sides, whatever its pixels are."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), *more, (b"IDAT", compress(pixels)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc32(kind + body))
        for kind, body in parts
    )


def _spoilt(content: bytes, at: int) -> bytes:
    """Return a file with one byte changed."""
    return content[:at] + bytes((content[at] ^ 0xFF,)) + content[at + 1 :]


_JPEG = grainy()
_PNG = grainy("PNG")
_GIF = picture("GIF", mode="L")

UNREADABLE: Mapping[str, Callable[[], bytes]] = MappingProxyType(
    {
        "empty": lambda: b"",
        "one byte": lambda: b"\xff",
        "a text": lambda: "Ціна 100 грн\n".encode() * 50,
        "a page": lambda: b"<html><body>404 Not Found</body></html>",
        "zeros": lambda: bytes(10_000),
        "noise": lambda: shake_256(b"noise").digest(10_000),
        "a PDF": lambda: b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF",
        "PostScript": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 300 300\nshowpage\n",
        "an SVG": lambda: b'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="300"/>',
        "an archive": lambda: b"PK\x03\x04" + bytes(100),
        "half a TIFF": lambda: (whole := picture("TIFF"))[: len(whole) // 2],
        "half an AVIF": lambda: (whole := grainy("AVIF"))[: len(whole) // 2],
        "an icon": lambda: picture("ICO", (256, 256)),
        "a PSD's head": lambda: b"8BPS\0\x01" + bytes(30),
        "a HEIC's head": lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(50),
        "the head of a JPEG": lambda: _JPEG[:4],
        "a JPEG without data": lambda: _JPEG[:600],
        "half a JPEG": lambda: _JPEG[: len(_JPEG) // 2],
        "a JPEG without its last bytes": lambda: _JPEG[:-2],
        "a JPEG without sides": lambda: _JPEG.replace(struct.pack(">HH", 400, 300), bytes(4), 1),
        "a JPEG behind an empty line": lambda: b"\r\n" + _JPEG,
        "the head of a PNG": lambda: _PNG[:8],
        "half a PNG": lambda: _PNG[: len(_PNG) // 2],
        "a PNG without its end": lambda: _PNG[:-12],
        "a damaged PNG": lambda: _spoilt(_PNG, len(_PNG) // 2),
        "a PNG without pixels": lambda: png(300, 300),
        "a PNG with too few pixels": lambda: png(5_000, 5_000, bytes(1_000)),
        "a PNG of no width": lambda: png(0, 300, bytes(1_000)),
        "a PNG whose text is a bomb": lambda: png(
            300, 300, bytes(301 * 900), (b"zTXt", b"Comment\0\0" + compress(bytes(80_000_000)))
        ),
        "half a GIF": lambda: _GIF[: len(_GIF) // 2],
        "a GIF without its end": lambda: _GIF[:-1],
        "half a WebP": lambda: (whole := grainy("WEBP"))[: len(whole) // 2],
        "half a BMP": lambda: (whole := picture("BMP"))[: len(whole) // 2],
    }
)
"""Files that are no pictures, or broken ones."""

BOMBS: Mapping[str, Callable[[], bytes]] = MappingProxyType(
    {
        "a PNG of 2 to the power of 62 pixels": lambda: png(2**31 - 1, 2**31 - 1, bytes(100_000)),
        "a PNG of 2,500 million pixels": lambda: png(50_000, 50_000, bytes(100_000)),
        "a PNG of 100 million pixels": lambda: picture("PNG", (10_000, 10_000), "1"),
        "a GIF of 4,000 million pixels": lambda: _GIF[:6] + b"\xff\xff\xff\xff" + _GIF[10:],
        "a BMP of 100 million pixels": lambda: (
            (whole := picture("BMP"))[:18] + struct.pack("<ii", 10_000, 10_000) + whole[26:]
        ),
    }
)
"""Small files that would take all memory."""
