"""The sentences about photos that are no pictures, or that Prom.ua may not take or show well."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from torgsync.cli.messages.template import Sentence
from torgsync.core.counts import photo_count
from torgsync.core.findings import Code
from torgsync.core.photos.addresses import AddressAnswer, AddressFault
from torgsync.core.photos.pictures import PictureFacts, PictureFlaw
from torgsync.i18n import Message, _, _n, composed
from torgsync.system import known_reason

_FLAWS = {
    PictureFlaw.UNREADABLE: _("it is not sent: put the photo there again"),
    PictureFlaw.DAMAGED: _("cut off or damaged, and not sent: put the photo there again"),
    PictureFlaw.HEIC: _("HEIC is not sent: save it as JPEG"),
    PictureFlaw.TOO_MANY_PIXELS: _("too many pixels: save it smaller"),
    PictureFlaw.TYPE: _("save it as JPEG"),
    PictureFlaw.COLORS: _("colours of print: save it in RGB"),
    PictureFlaw.ANIMATED: _("animated: save it as JPEG"),
    PictureFlaw.ROTATED: _("stored turned: save it upright"),
    PictureFlaw.LARGE: _("too large: save it smaller"),
    PictureFlaw.HEAVY: _("the file is too large: save it smaller"),
    PictureFlaw.SMALL: _("small: take a larger one"),
}


def unfetched_message(title: str, photos: int, status: str = "") -> Message:
    """Return that Prom could not fetch photos of an item, and what their addresses answered, if known."""
    lost = photo_count(photos)
    if status:
        return _(
            "{title}: Prom.ua could not fetch {photos}, whose address answered with {status}; "
            "sent again with the next import that other changes need",
            title=title,
            photos=lost,
            status=status,
        )
    return _(
        "{title}: Prom.ua could not fetch {photos}; sent again with the next import that other changes need",
        title=title,
        photos=lost,
    )


def hidden_message(address: str) -> Message:
    """Return that the address of all photos is out of Prom's reach."""
    return _(
        "Prom.ua cannot fetch photos from `{address}`, which is on this machine or in a private network",
        address=address,
    )


def which(name: str, count: int) -> Message:
    """Return the name of a thing of which there are so many: of several it is an example."""
    return composed("`{name}`", name=name) if count == 1 else _("for example `{name}`", name=name)


_BROKEN = {
    "": _("`{file}` is not a picture: it is not sent, and a photo that Prom.ua has stays"),
    PictureFlaw.DAMAGED: _(
        "`{file}` is cut off or damaged: it is not sent, and a photo that Prom.ua has stays; put it there "
        "again"
    ),
    PictureFlaw.HEIC: _(
        "`{file}` is a HEIC picture: it is not sent, and a photo that Prom.ua has stays; save it as JPEG"
    ),
}


def _unreachable(
    address: str, count: int = 0, fault: str = "", status: int = 0, kind: str = "", size: int | None = None
) -> Message:
    """Return that photos cannot be fetched; without a `count`, none can, which needs no question."""
    if not count:
        return hidden_message(address)
    return _n(
        "{count} published photo cannot be fetched, {which}: {why}",
        "{count} published photos cannot be fetched, {which}: {why}",
        count,
        which=which(address, count),
        why=address_message(AddressFault(fault), AddressAnswer(status, kind, size)),
    )


PHOTO_FINDINGS: dict[Code, Sentence | Mapping[str, Sentence]] = {
    Code.PHOTO_BROKEN: lambda file, flaw="": _BROKEN.get(flaw, _BROKEN[""]).filled(file=file),
    Code.PHOTO_REFUSED: lambda file, flaw: _(
        "`{file}` is not published: {why}", file=file, why=_FLAWS[PictureFlaw(flaw)]
    ),
    Code.PHOTO_UNREACHABLE: _unreachable,
    Code.PHOTOS_UNREAD: {
        "none": _("there is no photo in the photo folder; photos on Prom.ua stay as they are"),
        "empty": lambda count, first: _n(
            "{count} photo is an empty file, {which}; it is not sent",
            "{count} photos are empty files, {which}; none of them is sent",
            count,
            which=which(first, count),
        ),
        "refused": lambda count, first, why: _n(
            "{count} photo cannot be read: {which} ({why}); it is not sent",
            "{count} photos cannot be read, {which} ({why}); none is sent",
            count,
            which=which(first, count),
            why=known_reason(why),
        ),
    },
    Code.PHOTO_UNFIT: {
        PictureFlaw.TOO_MANY_PIXELS: _(
            "`{file}` has {width} × {height} pixels, too many to be looked at; Prom.ua may refuse it"
        ),
        PictureFlaw.TYPE: _("`{file}` is a picture of the type {type}, which Prom.ua may refuse"),
        PictureFlaw.COLORS: _("`{file}` has the colours of print, which browsers may not show"),
        PictureFlaw.ANIMATED: _("`{file}` is animated, and Prom.ua may refuse it"),
        PictureFlaw.ROTATED: _("`{file}` is stored turned, and may be shown lying on its side"),
        PictureFlaw.LARGE: _("`{file}` has {width} × {height} pixels, and Prom.ua may refuse it"),
        PictureFlaw.HEAVY: _("`{file}` has {megabytes} MB, and Prom.ua may refuse it"),
        PictureFlaw.SMALL: lambda file, width, height, scaled=False: (
            _("`{file}` has only {width} × {height} pixels after scaling")
            if scaled
            else _("`{file}` has only {width} × {height} pixels")
        ).filled(file=file, width=width, height=height),
    },
}


_FAULTS = {
    AddressFault.NO_ANSWER: _n("its address does not answer", "their addresses do not answer"),
    AddressFault.STATUS: _n("its address answers with {status}", "their addresses answer with {status}"),
    AddressFault.ELSEWHERE: _n(
        "its address redirects to another server", "their addresses redirect to another server"
    ),
    AddressFault.TYPE: _n(
        "its address answers with `{type}` instead of a picture",
        "their addresses answer with `{type}` instead of pictures",
    ),
    AddressFault.SIZE: _n(
        "another file is at its address: {size} bytes", "other files are at their addresses: {size} bytes"
    ),
}


def flaw_message(flaw: PictureFlaw) -> Message:
    """Return in a few words what is wrong with a picture."""
    return _FLAWS[flaw]


def address_message(fault: AddressFault, answer: AddressAnswer, count: int = 1) -> Message:
    """Return in a few words why a photo, or so many, cannot be fetched from its address."""
    return _FAULTS[fault].filled(count=count, status=answer.status, type=answer.type, size=answer.size)


def picture_message(facts: PictureFacts | None, flaws: Collection[PictureFlaw] = ()) -> Message:
    """Return what a photo is: its type and its sides."""
    if facts is None:
        return _("not a picture") if PictureFlaw.UNREADABLE in flaws else composed("–")
    return composed(
        "{type} {width} × {height}", type=facts.type.upper(), width=facts.width, height=facts.height
    )
