"""The sentences about photos that are no pictures, or that Prom.ua may not take or show well."""

from __future__ import annotations

from collections.abc import Mapping

from torgsync.cli.messages.template import Sentence
from torgsync.core.counts import photo_count
from torgsync.core.findings import Code
from torgsync.core.photos.addresses import AddressAnswer, AddressFault
from torgsync.core.photos.pictures import PictureFacts, PictureFlaw
from torgsync.i18n import Message, _, _n, composed

_FLAWS = {
    PictureFlaw.UNREADABLE: _("it is not sent: put the photo there again"),
    PictureFlaw.TOO_MANY_PIXELS: _("too many pixels"),
    PictureFlaw.TYPE: _("save it as JPEG"),
    PictureFlaw.COLORS: _("colours of print"),
    PictureFlaw.ANIMATED: _("animated"),
    PictureFlaw.ROTATED: _("stored turned"),
    PictureFlaw.LARGE: _("too large"),
    PictureFlaw.HEAVY: _("the file is too large"),
    PictureFlaw.SMALL: _("small"),
}


def unfetched_message(title: str, photos: int, status: str = "") -> Message:
    """Return that Prom could not fetch photos of an item, and what their addresses answered, if known."""
    lost = photo_count(photos)
    if status:
        return _(
            "{title}: Prom.ua could not fetch {photos}, whose address answered with {status}; "
            "sent again with an import",
            title=title,
            photos=lost,
            status=status,
        )
    return _("{title}: Prom.ua could not fetch {photos}; sent again with an import", title=title, photos=lost)


PHOTO_FINDINGS: dict[Code, Sentence | Mapping[str, Sentence]] = {
    Code.PHOTO_BROKEN: _(
        "`{file}` is not a picture, or a broken one: it is not sent, and a photo that Prom.ua has stays"
    ),
    Code.PHOTO_REFUSED: lambda file, flaw: _(
        "`{file}` is not published: {why}", file=file, why=_FLAWS[PictureFlaw(flaw)]
    ),
    Code.PHOTO_UNREACHABLE: lambda count, address, fault, status, kind: _n(
        "{count} published photo cannot be fetched, `{address}`: {why}",
        "{count} published photos cannot be fetched, for example `{address}`: {why}",
        count,
        address=address,
        why=address_message(AddressFault(fault), AddressAnswer(status, kind)),
    ),
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
        PictureFlaw.SMALL: _("`{file}` has only {width} × {height} pixels"),
    },
}


_FAULTS = {
    AddressFault.NO_ANSWER: _("its address does not answer"),
    AddressFault.STATUS: _("its address answers with {status}"),
    AddressFault.ELSEWHERE: _("its address redirects to another server"),
    AddressFault.TYPE: _("its address answers with `{type}` instead of a picture"),
    AddressFault.SIZE: _("another file is at its address: {size} bytes"),
}


def flaw_message(flaw: PictureFlaw) -> Message:
    """Return in a few words what is wrong with a picture."""
    return _FLAWS[flaw]


def address_message(fault: AddressFault, answer: AddressAnswer) -> Message:
    """Return in a few words why a photo cannot be fetched from its address."""
    return _FAULTS[fault].filled(status=answer.status, type=answer.type, size=answer.size)


def picture_message(facts: PictureFacts | None) -> Message:
    """Return what a photo is: its type and its sides."""
    if facts is None:
        return _("not a picture")
    return composed(
        "{type} {width} × {height}", type=facts.type.upper(), width=facts.width, height=facts.height
    )
