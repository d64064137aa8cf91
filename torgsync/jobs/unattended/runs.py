"""What one call did with each of its sync objects, for whatever follows unattended runs."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from torgsync.errors import Exit, TorgsyncError

if TYPE_CHECKING:
    from datetime import datetime

    from torgsync.files.config.objects import ObjectFile
    from torgsync.jobs.push.execute import RunView
    from torgsync.jobs.unattended.observing import Observation


@dataclass(slots=True)
class ObjectRun:
    """What became of one sync object in a call: the run that it did, or the error that ended it.

    `file` is None where its settings cannot be read; then `path` is that of its file. `report` is the page
    that was kept of the run, `seen` what it shows of the object's situations. It `began` when the run
    `before` it had begun; None where there was none.
    """

    slug: str
    exit_code: Exit
    file: ObjectFile | None = None
    view: RunView | None = None
    error: TorgsyncError | None = None
    report: Path | None = None
    seen: Observation | None = None
    before: datetime | None = None
    began: datetime | None = None
    path: Path | None = None
