"""Ask the addresses of photos, and remember what they answered."""

from __future__ import annotations

from collections.abc import Collection

from torgsync.core.paging import pages
from torgsync.core.photos.addresses import AddressAnswer
from torgsync.files.photos.addresses import HostPlace, ask_addresses, place_of
from torgsync.jobs.context import JobContext, Progress, Stage


def host_place(context: JobContext) -> HostPlace:
    """Return where the photos of an object are; a Prom.ua for rehearsals counts as on the internet."""
    url = context.object.photos_url
    return HostPlace.INTERNET if context.settings.rehearses(context.object, url) else place_of(url)


def ask(context: JobContext, addresses: Collection[str]) -> dict[str, AddressAnswer]:
    """Return what each address answers; what did not change since it was asked last costs little.

    None is asked on this machine or in a private network, nor where the host's name has no address.
    """
    wanted, place = list(dict.fromkeys(addresses)), host_place(context)
    if place in (HostPlace.PRIVATE, HostPlace.OTHER_WAY):
        return {}
    with context.transaction(durable=False) as work:
        known = work.photos.addresses() if wanted else {}
    answers: dict[str, AddressAnswer] = {}
    for page in pages(wanted):
        context.report(Progress(Stage.ADDRESSES, len(answers), len(wanted)))
        new = dict.fromkeys(page, AddressAnswer())
        if place is HostPlace.INTERNET:
            new = dict(zip(page, ask_addresses([(one, known.get(one)) for one in page]), strict=True))
        answers |= new
        with context.transaction(durable=False) as work:
            work.photos.note_addresses(new)
    return answers
