"""What preparing pictures promises: fit ones go byte for byte, others are mended, and the rest is refused."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pictures import BOMBS, SECRET, UNREADABLE, animation, grainy, notes, personal, picture, profile, saved
from PIL import Image

from torgsync.core.photos import pictures as core
from torgsync.core.photos.pictures import PictureFlaw, PictureRules, PictureType
from torgsync.files.photos import pictures
from torgsync.files.photos.metadata import without_metadata
from torgsync.files.photos.pictures import Picture, PictureRefused, inspect, prepare, record_of

RULES = PictureRules()
NOTHING_IS_MENDED = PictureRules(convert=False, rotate=False, scale=False)


def opened(made: Picture) -> Image.Image:
    image = Image.open(BytesIO(made.content))
    image.load()
    return image


@pytest.mark.parametrize(
    "content",
    [
        picture(),
        grainy(),
        grainy(progressive=True, restart_marker_blocks=3),
        picture(icc_profile=profile()),
        picture(mode="L"),
        picture("PNG"),
        picture("PNG", mode="RGBA"),
        picture("PNG", mode="P", transparency=0),
        picture("PNG", icc_profile=profile()),
        picture("GIF", mode="L"),
    ],
)
def test_a_picture_without_flaws_goes_byte_for_byte(content: bytes) -> None:
    """Nothing is encoded again, profiles of colours stay."""
    made = prepare(content, NOTHING_IS_MENDED)
    assert made.content == content
    assert (made.mended, made.facts) == ((), made.original)
    assert inspect(content) == made.facts


@pytest.mark.parametrize(
    "content",
    [
        picture(exif=personal(), comment=SECRET, icc_profile=profile()),
        grainy(exif=personal(), progressive=True),
        grainy() + SECRET,
        picture("PNG", pnginfo=notes(), exif=personal(), icc_profile=profile()),
        picture("PNG") + SECRET,
        picture("GIF", mode="L", comment=SECRET),
        picture("GIF", mode="L") + SECRET,
        picture("MPO", save_all=True, append_images=[Image.new("RGB", (30, 30))], exif=personal()),
    ],
)
def test_personal_metadata_is_cut_out(content: bytes) -> None:
    """Pixels and profile are those of the original: it is not encoded again."""
    made = prepare(content, NOTHING_IS_MENDED)
    assert made.content != content
    assert SECRET not in made.content
    shown, original = opened(made), Image.open(BytesIO(content))
    assert not shown.getexif()
    assert shown.info.get("icc_profile") == original.info.get("icc_profile")
    assert shown.tobytes() == original.tobytes()


@pytest.mark.parametrize("orientation", range(2, 9))
@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_rotated_picture_is_made_upright(kind: str, orientation: int) -> None:
    """It shows the same without its mark, which is cut out with the rest of the metadata."""
    image = Image.new("RGB", (400, 300), "white")
    image.paste("black", (0, 0, 100, 300))
    made = prepare(saved(image, kind, exif=personal(orientation), icc_profile=profile()), RULES)
    assert made.mended == (PictureFlaw.ROTATED,)
    assert SECRET not in made.content
    shown = opened(made)
    assert shown.size == (made.facts.width, made.facts.height)
    assert shown.size == ((300, 400) if orientation > 4 else (400, 300))
    assert shown.info.get("icc_profile") == profile()
    dark = {1: (10, 150), 2: (390, 150), 3: (390, 150), 4: (10, 150)}
    dark |= {5: (150, 10), 6: (150, 10), 7: (150, 390), 8: (150, 390)}
    x, y = dark[orientation]
    assert shown.convert("L").tobytes()[y * shown.width + x] < 50


@pytest.mark.parametrize(
    ("content", "flaw", "kind"),
    [
        (picture("WEBP"), PictureFlaw.TYPE, PictureType.JPEG),
        (picture("WEBP", mode="RGBA"), PictureFlaw.TYPE, PictureType.PNG),
        (picture("BMP"), PictureFlaw.TYPE, PictureType.JPEG),
        (picture("TIFF"), PictureFlaw.TYPE, PictureType.JPEG),
        (picture("TIFF", compression="tiff_lzw"), PictureFlaw.TYPE, PictureType.JPEG),
        (picture("TIFF", mode="RGBA"), PictureFlaw.TYPE, PictureType.PNG),
        (picture("AVIF"), PictureFlaw.TYPE, PictureType.JPEG),
        (picture(mode="CMYK"), PictureFlaw.COLORS, PictureType.JPEG),
        (picture(mode="CMYK", icc_profile=profile()), PictureFlaw.COLORS, PictureType.JPEG),
        (picture("PNG", mode="I;16"), PictureFlaw.COLORS, PictureType.JPEG),
        (animation(), PictureFlaw.ANIMATED, PictureType.PNG),
        (picture(sides=(20_000, 300)), PictureFlaw.LARGE, PictureType.JPEG),
        (picture("PNG", (20_000, 300)), PictureFlaw.LARGE, PictureType.JPEG),
    ],
)
def test_what_prom_would_refuse_is_mended(content: bytes, flaw: PictureFlaw, kind: PictureType) -> None:
    """Transparency stays; where nothing may be mended, the picture is refused with what is known of it."""
    made = prepare(content, RULES)
    assert made.mended == (flaw,)
    assert made.facts.type is kind
    assert not made.facts.flaws(PictureRules(smallest=1))
    assert opened(made).size == (made.facts.width, made.facts.height)
    with pytest.raises(PictureRefused) as refused:
        prepare(content, NOTHING_IS_MENDED)
    assert (refused.value.flaw, refused.value.facts) == (flaw, made.original)


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_a_heavy_picture_is_made_lighter(kind: str) -> None:
    """It is encoded again, then scaled until it is light enough; where that is impossible, it is refused."""
    content = grainy(kind, quality=100)
    made = prepare(content, PictureRules(heaviest=30_000))
    assert made.mended == (PictureFlaw.HEAVY,)
    assert len(made.content) == made.facts.size <= 30_000
    with pytest.raises(PictureRefused) as refused:
        prepare(content, PictureRules(heaviest=100))
    assert refused.value.flaw is PictureFlaw.HEAVY


def test_a_small_picture_goes_with_a_warning() -> None:
    """Buyers see more of it than of none."""
    made = prepare(picture(sides=(100, 100)), RULES)
    assert made.facts.flaws(RULES) == (PictureFlaw.SMALL,)


@pytest.mark.parametrize(
    ("name", "flaw"),
    [
        ("a text", PictureFlaw.UNREADABLE),
        ("empty", PictureFlaw.UNREADABLE),
        ("a HEIC's head", PictureFlaw.HEIC),
        ("half a JPEG", PictureFlaw.DAMAGED),
        ("a PNG without its end", PictureFlaw.DAMAGED),
        ("half an AVIF", PictureFlaw.DAMAGED),
    ],
)
def test_why_a_picture_cannot_be_read(name: str, flaw: PictureFlaw) -> None:
    """What is cut off is put there again, what is of another type is saved as JPEG."""
    record = record_of(UNREADABLE[name](), RULES)
    assert (record.facts, record.flaws(RULES)) == (None, (flaw,))


@pytest.mark.parametrize("content", UNREADABLE.values(), ids=UNREADABLE.keys())
def test_what_is_no_picture_is_refused(content: Callable[[], bytes]) -> None:
    """Whatever is in the file, it is refused without a warning of a library."""
    with pytest.raises(PictureRefused) as refused:
        prepare(content(), RULES)
    assert refused.value.flaw in (PictureFlaw.UNREADABLE, PictureFlaw.DAMAGED, PictureFlaw.HEIC)
    with pytest.raises(PictureRefused):
        inspect(content())


@pytest.mark.parametrize("content", BOMBS.values(), ids=BOMBS.keys())
def test_a_bomb_is_not_decoded(content: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    """Its head says what it would take."""
    bomb = content()
    monkeypatch.setattr(Image.Image, "load", lambda _self: pytest.fail("it was decoded"))
    with pytest.raises(PictureRefused) as refused:
        prepare(bomb, RULES)
    assert refused.value.flaw is PictureFlaw.TOO_MANY_PIXELS
    assert PictureFlaw.TOO_MANY_PIXELS in inspect(bomb).flaws(RULES)


def test_a_jpeg_of_many_pixels_is_decoded_at_a_part_of_its_size(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that what is decoded stays within the limit; one without other flaws is still published whole."""
    monkeypatch.setattr(pictures, "MOST_PIXELS", 40_000)
    monkeypatch.setattr(core, "MOST_PIXELS", 40_000)
    content = picture(sides=(400, 300))
    assert prepare(content, RULES).content == content
    made = prepare(picture(sides=(400, 300), exif=personal(3)), RULES)
    assert (made.facts.width, made.facts.height) == (200, 150)


def test_metadata_that_is_broken_does_not_refuse_a_picture() -> None:
    """Browsers show it upright, too."""
    broken = picture(exif=b"Exif\0\0MM\0*" + b"\xff" * 40)
    made = prepare(broken, RULES)
    assert made.mended == ()
    assert b"Exif" not in made.content


@pytest.mark.parametrize("kind", [PictureType.JPEG, PictureType.PNG, PictureType.GIF])
@given(data=st.data())
def test_any_change_of_a_file_is_read_or_refused(kind: PictureType, data: st.DataObject) -> None:
    """No other error, and what is published has no metadata left to be cut out."""
    content = bytearray(picture(kind.name, (30, 40), "RGB" if kind is PictureType.JPEG else "P"))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    try:
        made = prepare(bytes(content[: data.draw(st.integers(1, len(content)))]), RULES)
    except PictureRefused:
        return
    assert without_metadata(made.content, made.facts.type) == made.content


def test_the_name_is_that_of_the_content() -> None:
    """Equal pictures have one address, another content has another."""
    one, other = prepare(picture(), RULES), prepare(grainy(), RULES)
    assert one.name == prepare(picture(), RULES).name != other.name
    assert one.name.endswith(".jpg")
    assert one.digest != other.digest
