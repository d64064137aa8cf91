"""A recording of one call of the program: its file, and what its requests are handed to."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from torgsync.files.recording.recording_file import RecordingFile
from torgsync.i18n import Message, _n

if TYPE_CHECKING:
    from torgsync.prom.recording.recorder import Recorder


class CallRecording:
    """A recording that is being made; raises UsageError where its file cannot be.

    The key of its replacements is random, and is forgotten with it.
    """

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self.path = path
        self._file = RecordingFile(path)
        self._now = now
        self._begun = False

    @cached_property
    def recorder(self) -> Recorder:
        """What records the requests of a job; HTTP is imported with it."""
        from torgsync.prom.recording.recorder import Recorder  # noqa: PLC0415  # only where one is needed

        self._begun = True
        return Recorder(secrets.token_bytes(32), self._file.write, self._now)

    def end(self) -> int:
        """Close the file and return the number of its requests; without any, none is left."""
        count = self.recorder.count if self._begun else 0
        self._file.close(keep=count > 0)
        return count

    @property
    def trouble(self) -> Message:
        """Why the recording is not complete, empty where it is."""
        if self._begun and self.recorder.unread:
            return _n(
                "{count} request could not be read",
                "{count} requests could not be read",
                self.recorder.unread,
            )
        return self._file.trouble
