"""Publish the photos that an import needs; what lacks one waits for the next run, and nothing else does."""

from __future__ import annotations

from torgsync.core.plan.diff import Change, Verb
from torgsync.core.plan.outcomes import Outcome, OutcomeCode
from torgsync.core.product.fields import Photo
from torgsync.core.product.products import Product
from torgsync.core.reason import Reason
from torgsync.jobs.push.imports.feed_file import ImportFile
from torgsync.jobs.push.outcomes import ChangeOutcome


def publish_for_import(file: ImportFile) -> int:
    """Publish what the products of an import show; return how many of its changes are left out of it."""
    settings = file.context.object
    if not settings.publishes_photos:
        return 0
    from torgsync.jobs.photos.publish import pending_photos, publish  # noqa: PLC0415  # Pillow is seldom needed

    publication = pending_photos(file.context)
    needed = {
        item.seq: _names(product, settings.photos_url)
        for item, product in file.offered()
        if not publication.lost or _has_photos(item.change)
    }
    missing = set().union(*needed.values())
    if not publication.lost:
        publish(file.context, publication, missing - publication.there)
        missing -= publication.there
    called = file.context.file.called
    left = {seq: len(names & missing) for seq, names in needed.items() if names & missing}
    file.outcomes.record(
        ChangeOutcome(
            seq,
            Outcome.DEFERRED,
            (Reason(OutcomeCode.PHOTOS_UNPUBLISHED, {"photos": count, "called": called}),),
        )
        for seq, count in left.items()
    )
    return len(left)


def _has_photos(change: Change) -> bool:
    """Return whether a change has Prom fetch photos."""
    return change.verb is Verb.CREATE or "photos" in change.fields


def _names(product: Product, url: str) -> set[str]:
    """Return the names under which the photos of a product are published."""
    shown = product.values.get("photos")
    addresses = [photo.url for photo in shown if isinstance(photo, Photo)] if isinstance(shown, tuple) else []
    return {address.removeprefix(url) for address in addresses if address.startswith(url)}
