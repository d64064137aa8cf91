"""Pictures: what they are by their content, and how they are made fit for Prom.ua.

Only types of `PictureType` are decoded, by Pillow, and only so many pixels at a time; whatever Pillow raises
on a broken or hostile picture means that it cannot be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from warnings import filterwarnings

import xxhash
from msgspec import Struct
from msgspec.structs import replace
from PIL import Image, ImageCms, ImageOps

from torgsync.core.photos.pictures import (
    ACCEPTED,
    EXTENSIONS,
    HARMLESS,
    JPEG_PARTS,
    MOST_PIXELS,
    PictureFacts,
    PictureFlaw,
    PictureRecord,
    PictureRules,
    PictureType,
    PublishedPicture,
    mended_by,
)
from torgsync.disk import open_file
from torgsync.files.photos.metadata import without_metadata

filterwarnings("ignore", module=r"PIL\.")  # of odd metadata, which is cut out
Image.MAX_IMAGE_PIXELS = None
"""What is decoded is limited by `MOST_PIXELS`, which a JPEG that is scaled while it is decoded may exceed."""
_FORMATS = [kind.name for kind in PictureType]
QUALITY = 92
"""The quality of a JPEG that is encoded again: no difference can be seen."""
_ORIENTATION = 0x0112
_UPRIGHT = 1
_LYING = range(5, 9)
_STARTS = (b"\xff\xd8\xff", b"\x89PNG", b"GIF8", b"RIFF", b"BM", b"II*\0", b"MM\0*")
"""How pictures begin that are decoded."""
_HEIC = tuple(b"ftyp" + brand for brand in (b"heic", b"heix", b"hevc", b"heim", b"mif1", b"msf1"))
_SCREEN_COLORS = ("1", "L", "LA", "P", "RGB", "RGBA")


class PictureRefused(Exception):
    """A picture cannot be used.

    Attributes:
        flaw: Why.
        facts: What is known of it; None where it cannot be read.
    """

    def __init__(self, flaw: PictureFlaw, facts: PictureFacts | None = None) -> None:
        super().__init__(flaw)
        self.flaw, self.facts = flaw, facts


class Picture(Struct, frozen=True):
    """A picture as it is published.

    `original` is what is in the folder; `mended` are the flaws that were removed.
    """

    content: bytes
    facts: PictureFacts
    original: PictureFacts
    mended: tuple[PictureFlaw, ...] = ()

    @property
    def name(self) -> str:
        """The name under which it is published: it is that of its content."""
        return f"{name_of(self.content)}.{EXTENSIONS[self.facts.type]}"

    @property
    def digest(self) -> str:
        """Its content as products remember it, see `read_photo`."""
        return xxhash.xxh3_64(self.content).hexdigest()


def name_of(content: bytes) -> str:
    """Return the name under which a content is published, without its extension."""
    return sha256(content).hexdigest()[:32]


def begins_as_picture(path: Path) -> bool:
    """Return whether a file begins as a picture does; it is not decoded. What cannot be opened may be one."""
    try:
        with open_file(path) as file, Image.open(file, formats=_FORMATS):
            return True
    except PermissionError:
        return True
    except Exception:  # noqa: BLE001  # as in `_decoding`
        return False


def inspect(content: bytes) -> PictureFacts:
    """Return what a picture is. It is decoded, unless it has too many pixels.

    Raises PictureRefused where it cannot be read.
    """
    with _decoding(content) as image:
        facts = _facts(image, len(content))
        if facts.is_decoded:
            _load(image, facts)
            if facts.type in ACCEPTED:
                without_metadata(content, facts.type)  # it follows the parts to the end
        return facts


def prepare(content: bytes, rules: PictureRules) -> Picture:
    """Return a picture as it is published: byte for byte where it has no flaw and no metadata.

    Raises PictureRefused where it cannot be read, or has a flaw that the rules do not mend.
    """
    with _decoding(content) as image:
        facts = _facts(image, len(content))
        flaws = [flaw for flaw in facts.flaws(rules) if flaw not in HARMLESS]
        for flaw in flaws:
            if flaw not in mended_by(rules):
                raise PictureRefused(flaw, facts)
        if not flaws:
            _load(image, facts)
            published = without_metadata(content, facts.type)
            return Picture(published, replace(facts, size=len(published)), facts)
        made, kind, sides = _encode(image, facts, rules)
        published = without_metadata(made, kind)
        return Picture(published, PictureFacts(kind, *sides, len(published)), facts, tuple(flaws))


def record_of(content: bytes, rules: PictureRules | None) -> PictureRecord:
    """Return what is remembered of a picture; it is prepared by the rules, where there are any."""
    try:
        if rules is None:
            return PictureRecord(inspect(content))
        picture = prepare(content, rules)
    except PictureRefused as refused:
        return PictureRecord(refused.facts, rules, refusal=refused.flaw)
    published = PublishedPicture(picture.name, picture.digest, picture.facts)
    return PictureRecord(picture.original, rules, published)


@contextmanager
def _decoding(content: bytes) -> Iterator[Image.Image]:
    """Open a picture. Everything that is raised while it is decoded means that it cannot be read."""
    try:
        with Image.open(BytesIO(content), formats=_FORMATS) as image:
            yield image
    except PictureRefused:
        raise
    except Exception as error:  # Pillow's decoders raise of a dozen kinds
        raise PictureRefused(_unreadable(content[:16])) from error


def _unreadable(start: bytes) -> PictureFlaw:
    """Return why a content cannot be read, by how it begins."""
    if start[4:12] in _HEIC:
        return PictureFlaw.HEIC
    known = start.startswith(_STARTS) or start[4:12] == b"ftypavif"
    return PictureFlaw.DAMAGED if known else PictureFlaw.UNREADABLE


def _facts(image: Image.Image, size: int) -> PictureFacts:
    """Return what is known of a picture before it is decoded."""
    several = image.format == "MPO"  # a JPEG with other views of the same behind it
    kind = PictureType.JPEG if several else PictureType((image.format or "").lower())
    facts = PictureFacts(kind, *image.size, size, odd_colors=image.mode not in _SCREEN_COLORS)
    if not facts.is_decoded:
        return facts
    orientation = _orientation(image)  # that of a PNG may be behind its pixels
    width, height = image.size[::-1] if orientation in _LYING else image.size
    animated = not several and bool(getattr(image, "is_animated", False))
    return replace(facts, width=width, height=height, rotated=orientation != _UPRIGHT, animated=animated)


def _orientation(image: Image.Image) -> int:
    """Return how a picture is stored, 1 to 8; upright where its metadata cannot be read, as browsers do."""
    try:
        given = image.getexif().get(_ORIENTATION, _UPRIGHT)
    except Exception:  # noqa: BLE001  # as above
        return _UPRIGHT
    return given if given in range(1, 9) else _UPRIGHT


def _load(image: Image.Image, facts: PictureFacts, side: int = 1) -> None:
    """Decode a picture; a JPEG only as finely as `side` pixels need, which still reads all its data."""
    if facts.type is PictureType.JPEG:
        part = max((part for part in JPEG_PARTS if max(image.size) // part >= side), default=1)
        while facts.pixels(part) > MOST_PIXELS:
            part *= 2
        if part > 1:
            image.draft(None, (image.width // part, image.height // part))
    image.load()


def _encode(
    image: Image.Image, facts: PictureFacts, rules: PictureRules
) -> tuple[bytes, PictureType, tuple[int, int]]:
    """Return a picture upright, in colours of screens and within the limits, with its type and sides."""
    _load(image, facts, rules.largest)
    if _orientation(image) != _UPRIGHT:
        image = ImageOps.exif_transpose(image)
    image, profile = _in_screen_colors(image)
    drawn = image.has_transparency_data or facts.type is PictureType.GIF
    kind = PictureType.PNG if drawn else PictureType.JPEG
    image.thumbnail((rules.largest, rules.largest))
    while len(content := _encoded(image, kind, profile)) > rules.heaviest:
        if not rules.scale or max(image.size) <= rules.smallest:
            raise PictureRefused(PictureFlaw.HEAVY, facts)
        image = image.resize((max(1, image.width * 3 // 4), max(1, image.height * 3 // 4)))
    return content, kind, image.size


def _encoded(image: Image.Image, kind: PictureType, profile: bytes | None) -> bytes:
    made = BytesIO()
    image.save(made, kind.name, quality=QUALITY, optimize=True, icc_profile=profile)
    return made.getvalue()


def _in_screen_colors(image: Image.Image) -> tuple[Image.Image, bytes | None]:
    """Return a picture in colours that every browser shows, with the profile of these colours."""
    profile: bytes | None = image.info.get("icc_profile")
    if image.mode == "CMYK" and profile:
        with suppress(ImageCms.PyCMSError):
            screen = ImageCms.createProfile("sRGB")
            shown = ImageCms.profileToProfile(image, BytesIO(profile), screen, outputMode="RGB")
            return shown or image, None
    if image.mode.startswith("I"):  # 16 bits of grey
        return image.convert("I").point(lambda grey: grey * (1 / 257)).convert("L"), None
    if image.mode in ("L", "RGB", "LA", "RGBA"):
        return image, profile
    clear = image.has_transparency_data and image.mode != "CMYK"
    same = image.mode == "P"
    return image.convert("RGBA" if clear else "RGB"), profile if same else None
