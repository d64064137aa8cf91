"""The file of a recording: made for its owner only, never over another file, a line a request."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from torgsync import __version__, disk
from torgsync.core.recording.exchange import Recording, first_line, read_recording
from torgsync.errors import NamedFileInvalid, UsageError
from torgsync.files.config.objects import mistakes_in
from torgsync.i18n import NOTHING, _
from torgsync.system import reason

MADE_BY = _("`torgsync --record FILE COMMAND` makes one")
RECORDED = 2 * 1024**3
"""Bytes of the largest recording that is read."""


class RecordingFile:
    """A new recording; `trouble` is why it could not be written to its end, which stops nothing else.

    Raises UsageError where there is a file already, or none can be made.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trouble = NOTHING
        if str(path) == "-":
            raise UsageError(_("a recording is a file of its own"), hint=_("name a new file: --record FILE"))
        try:
            # A file that is there, also a link to one, is never written to.
            handle = disk.create_file(path)
        except FileExistsError:
            raise UsageError(
                _("`{path}` exists already, and a recording never replaces a file", path=path),
                hint=_("give `--record` the name of a new file"),
            ) from None
        except OSError as trouble:
            raise UsageError(
                _("the recording `{path}` cannot be made: {why}", path=path, why=reason(trouble)),
                hint=_("name a file in a folder that exists: --record FILE"),
            ) from trouble
        self._out = os.fdopen(handle, "w", encoding="utf-8", newline="\n")
        self.write(first_line(__version__))

    def write(self, line: str) -> None:
        """Add a line, so that it is in the file also if the program is killed the moment after."""
        if self.trouble:
            return
        try:
            self._out.write(line)
            self._out.flush()
        except OSError as trouble:
            self.trouble = reason(trouble)

    def close(self, *, keep: bool) -> None:
        """Close the file, and delete it unless it is to be kept."""
        with suppress(OSError):
            self._out.close()
        if not keep:
            self.path.unlink(missing_ok=True)


def load_recording(path: Path) -> Recording:
    """Read a recording.

    Raises UsageError where there is no such file, InvalidInput with every mistake and its line.
    """
    try:
        # Only a line feed ends a line: a text may hold other signs that `splitlines` splits at.
        text = disk.read_text(path, "utf-8", RECORDED)
        lines = text.removesuffix("\n").split("\n") if text else []
    except FileNotFoundError as missing:
        raise UsageError(_("there is no recording `{path}`", path=path), hint=MADE_BY) from missing
    except UnicodeDecodeError as trouble:
        what = _("`{path}` cannot be read as a recording", path=path)
        raise NamedFileInvalid(what, hint=MADE_BY) from trouble
    except OSError as trouble:
        why = _("`{path}` cannot be read as a recording: {why}", path=path, why=reason(trouble))
        raise NamedFileInvalid(why, hint=MADE_BY) from trouble
    recording = read_recording(lines)
    if isinstance(recording, list):
        raise NamedFileInvalid(mistakes_in(path, recording), mistakes=tuple(recording), hint=MADE_BY)
    return recording
