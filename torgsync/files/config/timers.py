"""What calls the program by the clock: cron, a systemd timer of the user, or the Task Scheduler of Windows.

Each calls `sync --due` every few minutes; the state knows which times are due. Entries are found by the home
folder that they are for, and nothing else is touched.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from lxml import etree
from lxml.builder import ElementMaker

from torgsync import disk
from torgsync.core.config.schedule import Caller
from torgsync.errors import TorgsyncError
from torgsync.files.config.settings import variable
from torgsync.files.config.text_files import replace_text
from torgsync.i18n import NOTHING, Message, _

_BY_HAND = _("choose another with `--with`, or install by hand what `--print` shows")
_TASK = "http://schemas.microsoft.com/windows/2004/02/mit/task"


@dataclass(frozen=True, slots=True)
class Job:
    """What is called: `sync --due` in a home, every `minutes`, by a user as Windows names them."""

    home: Path
    minutes: int
    user: str

    @property
    def command(self) -> tuple[str, ...]:
        """The command and its arguments; Windows has a Python that opens no window."""
        python = Path(sys.executable)
        windowless = python.with_name("pythonw.exe")
        called = windowless if os.name == "nt" and windowless.is_file() else python
        return (str(called), "-m", "torgsync", "--quiet", "--home", str(self.home), "sync", "--due")

    @property
    def log(self) -> Path:
        """Where cron keeps what was said."""
        return self.home / "logs" / "schedule.log"

    @property
    def name(self) -> str:
        """Its unique name: two homes have two of them."""
        return f"torgsync-{hashlib.sha256(str(self.home).encode()).hexdigest()[:8]}"


def usual_caller() -> Caller:
    """Return what calls programs on this computer."""
    if os.name == "nt":
        return Caller.WINDOWS
    if shutil.which("systemctl") and _run("systemctl --user show-environment").returncode == 0:
        return Caller.SYSTEMD
    return Caller.CRON


def timer(caller: Caller, job: Job) -> Cron | Systemd | WindowsTask:
    """Return the entry of a job."""
    if caller is Caller.CRON:
        return Cron(job)
    return Systemd(job) if caller is Caller.SYSTEMD else WindowsTask(job)


def installed_caller(job: Job) -> Caller | None:
    """Return what calls a job on this computer, None where nothing was installed for it."""
    for caller in Caller:
        with suppress(TorgsyncError):  # a caller that this computer does not have
            if timer(caller, job).installed:
                return caller
    return None


@dataclass(frozen=True, slots=True)
class Cron:
    """A line of the user's crontab, between two comments by which it is found again."""

    job: Job
    condition: ClassVar[Message] = NOTHING
    """When else the job is not called, as the end of a sentence."""

    @property
    def text(self) -> str:
        """The lines, with a line feed at their end."""
        log = shlex.quote(str(self.job.log))
        line = f"{shlex.join(self.job.command)} >>{log} 2>&1".replace("%", r"\%")
        step = f"*/{self.job.minutes}" if self.job.minutes > 1 else "*"
        begin, end = self._fences
        return f"{begin}{step} * * * * {line}\n{end}"

    @property
    def _fences(self) -> tuple[str, str]:
        return f"# begin of {self.job.name}: {self.job.home}\n", f"# end of {self.job.name}\n"

    @property
    def installed(self) -> bool:
        """Whether the crontab has the line, or one by hand that calls `sync --due`."""
        before, own, after = self._parts()
        lines = (line.split() for line in f"{before}\n{after}".splitlines() if not line.startswith("#"))
        return bool(own) or any({"sync", "--due"} <= set(words) for words in lines)

    def install(self) -> Message:
        """Put the line into the crontab, in place of an older one; return where it is."""
        with suppress(OSError):  # the shell reports a log that cannot be made; it would make one for all
            disk.make_folder(self.job.log.parent)
            disk.make_file(self.job.log)
        before, _own, after = self._parts()
        if before and not before.endswith("\n"):
            before += "\n"
        _do("crontab -", given=before + self.text + after)
        return _("the crontab of this user; see it with `crontab -l`")

    def remove(self) -> bool:
        """Remove the line; return whether there was one."""
        before, own, after = self._parts()
        if own:
            _do("crontab -", given=before + after)
        return bool(own)

    def _parts(self) -> tuple[str, str, str]:
        """Return the crontab before, of and after the own lines."""
        listed = _run("crontab -l")
        text = "" if listed.returncode else listed.stdout
        if listed.returncode and "no crontab" not in listed.stderr:
            raise _failed("crontab -l", listed)
        begin, end = self._fences
        before, begin, rest = text.partition(begin)
        own, end, after = rest.partition(end)
        return (before, begin + own + end, after) if begin and end else (text, "", "")


@dataclass(frozen=True, slots=True)
class Systemd:
    """A service of the user and the timer that starts it."""

    job: Job
    condition: ClassVar[Message] = _(
        " while you are logged in; also otherwise after `loginctl enable-linger`"
    )

    @property
    def _files(self) -> dict[Path, str]:
        """The texts of the service and of its timer, by path."""
        base = variable("XDG_CONFIG_HOME")
        folder = (Path(base) if base else Path.home() / ".config") / "systemd" / "user"
        command = " ".join(map(_quoted_for_systemd, self.job.command))
        return {
            folder / f"{self.job.name}.service": (
                "[Unit]\nDescription=torgsync: what the synchronization times ask for now\n\n"
                f"[Service]\nType=oneshot\nExecStart={command}\n"
                "# 8: done, and something was held for a person. 10: another run is at work.\n"
                "SuccessExitStatus=8 10\n"
            ),
            folder / f"{self.job.name}.timer": (
                "[Unit]\nDescription=torgsync: look whether a synchronization time has come\n\n"
                f"[Timer]\nOnCalendar=*:0/{self.job.minutes}\nAccuracySec=10s\n\n"
                "[Install]\nWantedBy=timers.target\n"
            ),
        }

    @property
    def text(self) -> str:
        """Both files, each below its name."""
        return "\n".join(f"# {path}\n{text}" for path, text in self._files.items())

    @property
    def installed(self) -> bool:
        """Whether the timer is there and enabled."""
        there = all(path.exists() for path in self._files)
        return there and _run(f"systemctl --user is-enabled {self.job.name}.timer").returncode == 0

    def install(self) -> Message:
        """Write both files and start the timer; return where they are."""
        try:
            for path, text in self._files.items():
                replace_text(path, text)
            _do("systemctl --user daemon-reload")
            _do(f"systemctl --user enable --now {self.job.name}.timer")
        except TorgsyncError:
            for path in self._files:
                path.unlink(missing_ok=True)
            raise
        return _("`{path}`; see it with `systemctl --user list-timers`", path=[*self._files][1])

    def remove(self) -> bool:
        """Stop the timer and remove both files; return whether there were any."""
        files = [path for path in self._files if path.exists()]
        if files:
            _do(f"systemctl --user disable --now {self.job.name}.timer")
            for path in files:
                path.unlink()
            _do("systemctl --user daemon-reload")
        return bool(files)


def _quoted_for_systemd(word: str) -> str:
    """Return one argument as systemd reads it: it knows quotes, backslashes, percents and dollars."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if escaped != word or any(sign in word for sign in " '\t;") else word


@dataclass(frozen=True, slots=True)
class WindowsTask:
    """A task of the Task Scheduler."""

    job: Job
    condition: ClassVar[Message] = _(" while you are logged in")

    @property
    def text(self) -> str:
        """The task as XML."""
        e = ElementMaker(namespace=_TASK, nsmap={None: _TASK})
        command, *arguments = self.job.command
        every, line = e.Interval(f"PT{self.job.minutes}M"), subprocess.list2cmdline(arguments)
        task = e.Task(
            e.RegistrationInfo(e.Description("torgsync: what the synchronization times ask for now")),
            e.Triggers(e.TimeTrigger(e.Repetition(every), e.StartBoundary("2026-01-01T00:00:00"))),
            e.Principals(e.Principal(e.UserId(self.job.user), e.LogonType("InteractiveToken"), id="Author")),
            e.Settings(
                e.MultipleInstancesPolicy("IgnoreNew"),
                e.DisallowStartIfOnBatteries("false"),
                e.StopIfGoingOnBatteries("false"),
                e.StartWhenAvailable("true"),
                e.RunOnlyIfNetworkAvailable("true"),
                e.ExecutionTimeLimit("PT2H"),
            ),
            e.Actions(e.Exec(e.Command(command), e.Arguments(line)), Context="Author"),
            version="1.2",
        )
        return etree.tostring(task, pretty_print=True, encoding="unicode")

    @property
    def installed(self) -> bool:
        """Whether there is the task."""
        return _run(f"schtasks /Query /TN {self.job.name}").returncode == 0

    def install(self) -> Message:
        """Make the task, in place of an older one; return where it is."""
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "task.xml"
            file.write_text(f'<?xml version="1.0" encoding="UTF-16"?>\n{self.text}', "utf-16")
            _do(f"schtasks /Create /TN {self.job.name} /XML", str(file), "/F")
        return _("the Task Scheduler as `{name}`", name=self.job.name)

    def remove(self) -> bool:
        """Delete the task; return whether there was one."""
        if not self.installed:
            return False
        _do(f"schtasks /Delete /TN {self.job.name} /F")
        return True


def _run(command: str, *more: str, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run a command of the system, its words parted by blanks. Raises TorgsyncError where it is missing."""
    program, *words = command.split()
    executable = shutil.which(program)
    if executable is None:
        raise TorgsyncError(_("this computer has no `{program}`", program=program), hint=_BY_HAND)
    return subprocess.run(  # noqa: S603  # a fixed command with our own words
        [executable, *words, *more],
        input=given,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        env={**os.environ, "LC_ALL": "C"},
        check=False,
    )


def _do(command: str, *more: str, given: str | None = None) -> None:
    """Run a command that must succeed. Raises TorgsyncError with what it said."""
    done = _run(command, *more, given=given)
    if done.returncode:
        raise _failed(" ".join((command, *more)), done)


def _failed(command: str, done: subprocess.CompletedProcess[str]) -> TorgsyncError:
    said = " ".join((done.stderr or done.stdout).split())
    if said:
        return TorgsyncError(_("`{command}` failed: {said}", command=command, said=said), hint=_BY_HAND)
    why = _("`{command}` failed with exit code {code}", command=command, code=done.returncode)
    return TorgsyncError(why, hint=_BY_HAND)
