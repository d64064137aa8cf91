"""Which pictures Prom.ua can use as they are, and which are prepared first.

The limits of size are torgsync's own: none of Prom's is known (docs/developers/prom-api.md §7.1).
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct

MEGABYTE = 1_000_000
MOST_PIXELS = 50_000_000
"""The most pixels that are decoded, of four bytes each. A larger JPEG is decoded at a part of its size."""
JPEG_PARTS = (1, 2, 4, 8)
"""By how much a JPEG's sides can be divided while it is decoded."""


class PictureType(StrEnum):
    """What a picture is by its content, whatever its name says."""

    JPEG = "jpeg"
    PNG = "png"
    GIF = "gif"
    WEBP = "webp"
    BMP = "bmp"
    TIFF = "tiff"
    AVIF = "avif"


ACCEPTED = frozenset((PictureType.JPEG, PictureType.PNG, PictureType.GIF))
"""The types that Prom takes; others are converted."""
EXTENSIONS = {PictureType.JPEG: "jpg", PictureType.PNG: "png", PictureType.GIF: "gif"}
"""How the name of a published picture ends, by its type."""


class PictureFlaw(StrEnum):
    """Why a picture is not fit as it is."""

    UNREADABLE = "unreadable"
    """It is no picture."""
    DAMAGED = "damaged"
    """It begins as a picture does, but is cut off or damaged."""
    HEIC = "heic"
    """It is a picture of a telephone, of a type that is not decoded here."""
    TOO_MANY_PIXELS = "too-many-pixels"
    """It cannot be decoded in a bounded amount of memory."""
    TYPE = "type"
    COLORS = "colors"
    """It has the colours of print, or a depth that browsers do not show."""
    ANIMATED = "animated"
    ROTATED = "rotated"
    """It is stored lying on a side or mirrored, with a mark that says so."""
    LARGE = "large"
    HEAVY = "heavy"
    SMALL = "small"


class PictureRules(Struct, frozen=True, array_like=True):
    """What is done to pictures: whether they are converted, rotated and scaled, and the limits of size.

    `smallest` and `largest` are in pixels of a side, `heaviest` is in bytes.
    """

    convert: bool = True
    rotate: bool = True
    scale: bool = True
    smallest: int = 200
    largest: int = 10_000
    heaviest: int = 10 * MEGABYTE


class PictureFacts(Struct, frozen=True, array_like=True):
    """What is known of a picture: its type, sides in pixels as they are shown, and size in bytes."""

    type: PictureType
    width: int
    height: int
    size: int
    rotated: bool = False
    odd_colors: bool = False
    animated: bool = False

    def pixels(self, part: int = 1) -> int:
        """Return how many pixels there are once the sides are divided."""
        return (self.width // part) * (self.height // part)

    @property
    def is_decoded(self) -> bool:
        """Whether it can be decoded in a bounded amount of memory."""
        smallest = JPEG_PARTS[-1] if self.type is PictureType.JPEG else 1
        return self.pixels(smallest) <= MOST_PIXELS

    def flaws(self, rules: PictureRules) -> tuple[PictureFlaw, ...]:
        """Return why the picture is not fit as it is."""
        return tuple(self._flaws(rules))

    def _flaws(self, rules: PictureRules) -> Iterator[PictureFlaw]:
        if not self.is_decoded:
            yield PictureFlaw.TOO_MANY_PIXELS
        if self.type not in ACCEPTED:
            yield PictureFlaw.TYPE
        if self.odd_colors:
            yield PictureFlaw.COLORS
        if self.animated:
            yield PictureFlaw.ANIMATED
        if self.rotated:
            yield PictureFlaw.ROTATED
        if max(self.width, self.height) > rules.largest:
            yield PictureFlaw.LARGE
        if self.size > rules.heaviest:
            yield PictureFlaw.HEAVY
        if min(self.width, self.height) < rules.smallest:
            yield PictureFlaw.SMALL


def mended_by(rules: PictureRules) -> frozenset[PictureFlaw]:
    """Return the flaws that preparing a picture removes."""
    ways = {
        PictureFlaw.TYPE: rules.convert,
        PictureFlaw.COLORS: rules.convert,
        PictureFlaw.ANIMATED: rules.convert,
        PictureFlaw.ROTATED: rules.rotate,
        PictureFlaw.LARGE: rules.scale,
        PictureFlaw.HEAVY: rules.scale,
    }
    return frozenset(flaw for flaw, allowed in ways.items() if allowed)


HARMLESS = frozenset((PictureFlaw.SMALL,))
"""Flaws that keep no picture from the site."""


class SeenPhoto(NamedTuple):
    """A file of the folder as it was last seen: size in bytes, time in nanoseconds since 1970, content.

    `last_good` is the newest content that was a picture, where that of the file is none. `version` marks its
    address once another content was sent from there.
    """

    size: int
    modified_ns: int
    digest: str
    last_good: str = ""
    version: str = ""


class PublishedPicture(Struct, frozen=True, array_like=True):
    """A picture as it is published: its name there, the digest of its content, and what it is."""

    name: str
    digest: str
    facts: PictureFacts


class PictureRecord(Struct, frozen=True, array_like=True):
    """What is remembered of a content: its facts, which are None where it cannot be read.

    `rules` are those by which it was prepared to be `published`, None where it was only looked at; where it
    was refused, `refusal` says why.
    """

    facts: PictureFacts | None = None
    rules: PictureRules | None = None
    published: PublishedPicture | None = None
    refusal: PictureFlaw | None = None

    @property
    def shown(self) -> PictureFacts | None:
        """The facts of the picture that Prom gets; None where there is none."""
        return self.published.facts if self.published else self.facts

    def flaws(self, rules: PictureRules) -> tuple[PictureFlaw, ...]:
        """Return why the picture is not fit as Prom gets it."""
        return self.shown.flaws(rules) if self.shown else (self.refusal or PictureFlaw.UNREADABLE,)
