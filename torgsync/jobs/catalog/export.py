"""Read the export into the state; only rows that changed are parsed.

A row is recognised by the hash of its bytes, seeded with everything else that shapes a product: settings,
columns, the part of the file outside its rows, the versions of the rules and the program. Goods whose photos
changed are parsed all the same. An export that did not change at all is not opened.
Source: docs/developers/architecture.md §5.1, §5.2.
"""

from __future__ import annotations

import json

from msgspec import Struct

from torgsync.core.config.sources import shown_source
from torgsync.core.findings import Code, Finding
from torgsync.core.plan.plan import ExportInfo
from torgsync.files.catalog.content import content_of
from torgsync.jobs.catalog.shape import shape
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.photos.folder import PhotoFolder
from torgsync.state.store import UnitOfWork


class ExportReading(Struct, frozen=True):
    """The facts of an export that was read, and the findings about it as a whole."""

    info: ExportInfo
    findings: tuple[Finding, ...]


def read_export(context: JobContext) -> ExportReading:
    """Read the export and store its goods; nothing is stored when the file cannot be trusted.

    Raises what `read_rows` raises, Temporary where its server fails.
    """
    context.report(Progress(Stage.READ))
    with context.stop.interruptible():  # it may come from a server
        content = content_of(context.file)
    with context.transaction(durable=False) as work:
        photos = PhotoFolder(context.file, work)
        if reading := _unchanged(context, work, photos, content):
            return reading
        unknown = photos.unknown()
        if not unknown:
            return _read(context, work, photos, content)
    # Decoding takes long, and must not keep others from the state.
    from torgsync.jobs.photos.looking import look_at_photos  # noqa: PLC0415  # Pillow is seldom needed

    looked = look_at_photos(context, unknown)
    with context.transaction(durable=False) as work:
        return _read(context, work, PhotoFolder(context.file, work, looked), content)


def _unchanged(
    context: JobContext, work: UnitOfWork, photos: PhotoFolder, content: bytes
) -> ExportReading | None:
    """Return what was found when an export was read that has not changed since; None for any other."""
    before, summary = work.object_state.reading()
    if not content or before != _fingerprint(context, photos, content) or photos.moved:
        return None
    last = json.loads(summary)
    info = ExportInfo(shown_source(context.object.catalog.path), last["goods"], last["encoding"])
    stored = (Finding(Code(document.pop("code")), **document) for document in last["findings"])
    return ExportReading(info, (*stored, *photos.findings()))


def _fingerprint(context: JobContext, photos: PhotoFolder, content: bytes) -> str:
    return f"{shape(context.object, (), content, photos):016x}"


def _read(context: JobContext, work: UnitOfWork, photos: PhotoFolder, content: bytes) -> ExportReading:
    """Read an export that changed."""
    # Most exports did not change, and need nothing of what reads their rows.
    from torgsync.jobs.catalog.reading import read_rows  # noqa: PLC0415

    fingerprint, summary = _fingerprint(context, photos, content), work.object_state.reading()[1]
    info, findings = read_rows(context, work, photos, fingerprint, summary)
    return ExportReading(info, (*findings, *photos.findings()))
