"""What one call did with each of its sync objects, for whatever follows unattended runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torgsync.errors import Exit, TorgsyncError

if TYPE_CHECKING:
    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.push.execute import RunView


@dataclass(slots=True)
class ObjectRun:
    """What became of one sync object in a call: the run that it did, or the error that ended it.

    `file` is None where its settings cannot be read. `report` is the page that was kept of the run.
    """

    slug: str
    exit_code: Exit
    file: ObjectFile | None = None
    view: RunView | None = None
    error: TorgsyncError | None = None
    report: Path | None = None
