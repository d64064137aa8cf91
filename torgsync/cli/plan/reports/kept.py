"""Keeps the page of an unattended run; whatever is wrong with it is a warning, never an error of the run."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from torgsync.cli.base.progress import log_error
from torgsync.errors import TorgsyncError
from torgsync.files.config.logs import REPORTED
from torgsync.i18n import Message, _, verbatim

if TYPE_CHECKING:
    from pathlib import Path

    from torgsync.cli.base.program import Program
    from torgsync.jobs.context import JobContext
    from torgsync.jobs.push.execute import RunView

_log = logging.getLogger(__name__)


def keep_report(program: Program, job: JobContext, view: RunView) -> Path | None:
    """Keep the page of a run that did something, while its job is still open, where its object wants that.

    A run that sent nothing and leaves what the last page shows gets no page of its own, so that those to
    which messages link stay. Returns the path of the page that shows the run, None where there is none.
    """
    if not job.object.reports.folder:
        return None
    from torgsync.jobs.unattended.reports import deserves_report

    if not deserves_report(view):
        return None
    try:
        return _kept(job, view)
    except TorgsyncError as trouble:
        _warn(program, trouble.message)
    except Exception as bug:  # noqa: BLE001  # the run itself is done
        log_error(bug)
        _warn(program, verbatim(type(bug).__name__))
    return None


def _kept(job: JobContext, view: RunView) -> Path:
    from torgsync.cli.base.language import speaking, unattended_language
    from torgsync.cli.plan.reports.page import whole_page
    from torgsync.cli.plan.reports.run_report import run_report
    from torgsync.jobs.run import requests_of, run_of
    from torgsync.jobs.unattended import reports
    from torgsync.jobs.unattended.left import did_something, left_by

    left = left_by(job, view)
    last = reports.last_report(job.file) if not did_something(view) else None
    if last and left.encode() in last[1]:
        return last[0]
    past, requests = run_of(job, view.run), requests_of(job, view.run)
    language = unattended_language(job.object.language)
    with speaking(language):
        report = run_report(job, past, requests, language=language, view=view)
        content = "".join(whole_page(report, left)).encode(errors="replace")
    return reports.keep_report(job.file, view.run, past.record.started, content)


def _warn(program: Program, why: Message) -> None:
    message = _("no report of the run was kept: {why}", why=why)
    _log.warning("%s", message, extra=REPORTED)
    program.warn(message)
