"""Read the export into the state; only rows that changed are parsed.

A row is recognised by the hash of its bytes, seeded with everything else that shapes a product: settings,
columns, the part of the file outside its rows, the versions of the rules and the program. Goods whose photos
changed are parsed all the same. An export that did not change at all is not opened.
Source: docs/developers/architecture.md §5.1, §5.2.
"""

from __future__ import annotations

import json

from msgspec import Struct

from torgsync.core.findings import Code, Finding
from torgsync.core.plan.plan import ExportInfo
from torgsync.files.catalog.content import content_of
from torgsync.jobs.catalog.photos import PhotoFolder
from torgsync.jobs.catalog.shape import shape
from torgsync.jobs.context import JobContext, Progress, Stage


class ExportReading(Struct, frozen=True):
    """The facts of an export that was read, and the findings about it as a whole."""

    info: ExportInfo
    findings: tuple[Finding, ...]


def read_export(context: JobContext) -> ExportReading:
    """Read the export and store its goods; nothing is stored when the file cannot be trusted.

    Raises what `read_rows` raises.
    """
    settings = context.object
    context.report(Progress(Stage.READ))
    content = content_of(context.file)
    with context.transaction(durable=False) as work:
        photos = PhotoFolder(context.file, work)
        fingerprint = f"{shape(settings, (), content, photos):016x}"
        before, summary = work.object_state.reading()
        if content and before == fingerprint and not photos.moved:
            last = json.loads(summary)
            info = ExportInfo(settings.catalog.path, last["goods"], last["encoding"])
            stored = (Finding(Code(document.pop("code")), **document) for document in last["findings"])
            return ExportReading(info, (*stored, *photos.findings()))
        # Most exports did not change, and need nothing of what reads their rows.
        from torgsync.jobs.catalog.reading import read_rows  # noqa: PLC0415

        info, findings = read_rows(context, work, photos, fingerprint, summary)
        return ExportReading(info, (*findings, *photos.findings()))
