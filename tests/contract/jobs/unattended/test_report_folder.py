"""The folder of reports: what is written and removed there, and what it may do to a run."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from builders import sync_object
from homes import EXAMPLE

from torgsync.errors import Exit, TorgsyncError
from torgsync.files.config.objects import ObjectFile
from torgsync.files.places.folder import FolderPlace
from torgsync.jobs.unattended.reports import (
    keep_report,
    report_address,
    report_folder,
    report_name,
    try_report_folder,
)
from torgsync.jobs.unattended.runs import ObjectRun

STARTED = datetime(2026, 11, 30, 6, 30, tzinfo=UTC)


def object_in(place: Path, name: str = "My Prom", **reports: object) -> ObjectFile:
    """Return a sync object with these settings of reports."""
    settings = sync_object(name=name, reports=reports)
    return ObjectFile(place / "my-prom.toml", settings, "my-prom")


def names(folder: Path) -> list[str]:
    """Return the names in a folder."""
    return sorted(path.name for path in folder.iterdir())


def test_the_last_reports_stay(tmp_path: Path) -> None:
    """Older ones of the same object go, also by the number of the run; nothing else is touched."""
    file = object_in(tmp_path, folder="reports", keep=2)
    folder = tmp_path / "reports"
    for run in range(8, 12):
        kept = keep_report(file, run, STARTED + timedelta(days=run), b"page")
        assert kept.read_bytes() == b"page"
    others = [
        "my-prom-2026-11-30-0830-run-1.htm",
        "my-prom-2026-11-30-0830-run-x.html",
        "my-prom-2-2026-11-30-0830-run-1.html",
        "prom-2026-11-30-0830-run-1.html",
        "notes.txt",
    ]
    for other in others:
        (folder / other).touch()
    (folder / "my-prom-2026-11-30-0830-run-7.html.tmp").touch()  # of a run that was killed
    (folder / "my-prom-2026-11-30-0830-run-2.html").mkdir()
    keep_report(file, 12, STARTED + timedelta(days=12), b"page")
    assert names(folder) == sorted(
        [
            *others,
            "my-prom-2026-11-30-0830-run-2.html",
            "my-prom-2026-12-11-0830-run-11.html",
            "my-prom-2026-12-12-0830-run-12.html",
        ]
    )


def test_names_sort_by_time() -> None:
    """The time is that of the shop's clock."""
    assert report_name("мій-пром", 7, STARTED) == "мій-пром-2026-11-30-0830-run-7.html"


@pytest.mark.parametrize(("folder_mode", "file_mode"), [(0o755, 0o644), (0o700, 0o600), (0o770, 0o660)])
def test_a_page_follows_its_folder(tmp_path: Path, folder_mode: int, file_mode: int) -> None:
    """Who may use the folder may read the page; the folder keeps its mode."""
    folder = tmp_path / "reports"
    folder.mkdir()
    folder.chmod(folder_mode)
    kept = keep_report(object_in(tmp_path, folder="reports"), 1, STARTED, b"page")
    assert (folder.stat().st_mode & 0o777, kept.stat().st_mode & 0o777) == (folder_mode, file_mode)


def test_a_page_does_not_follow_a_link(tmp_path: Path) -> None:
    """A link in the place of a page is replaced, and what it links to stays as it is."""
    folder, other = tmp_path / "reports", tmp_path / "other"
    folder.mkdir()
    other.write_text("mine")
    (folder / report_name("my-prom", 1, STARTED)).symlink_to(other)
    keep_report(object_in(tmp_path, folder="reports"), 1, STARTED, b"page")
    assert other.read_text() == "mine"


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    """A file in its place, or a full disk, is an error with words."""
    (tmp_path / "reports").touch()
    file = object_in(tmp_path, folder="reports/inside")
    with pytest.raises(TorgsyncError, match="cannot be used"):
        keep_report(file, 1, STARTED, b"page")
    with pytest.raises(TorgsyncError, match="cannot be used"):
        try_report_folder(tmp_path / "reports")
    full = Path("/dev/full")
    if full.exists():
        with pytest.raises(TorgsyncError):
            keep_report(object_in(tmp_path, folder=str(full)), 1, STARTED, b"page")


def test_a_share_that_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up in time, and the process can end: the thread that waits for it is a daemon."""
    released = Event()

    def hang(_place: FolderPlace, _name: str, _content: bytes) -> None:
        released.wait(60)

    monkeypatch.setattr(FolderPlace, "put", hang)
    monkeypatch.setattr("torgsync.jobs.unattended.reports.PATIENCE", 0.05)
    began = time.monotonic()
    try:
        with pytest.raises(TorgsyncError, match="did not answer within 0 seconds"):
            keep_report(object_in(tmp_path, folder="reports"), 1, STARTED, b"page")
        assert time.monotonic() - began < 5
    finally:
        released.set()


def test_trying_leaves_nothing(tmp_path: Path) -> None:
    """A folder that is to be made is not made, one that is there has no new file."""
    assert try_report_folder(tmp_path / "new") is False
    assert not (tmp_path / "new").exists()
    assert try_report_folder(tmp_path) is True
    assert names(tmp_path) == []


def test_where_a_report_is_read(tmp_path: Path) -> None:
    """By its address where there is one, in the letters of addresses, else by its path."""
    page = tmp_path / "мій-пром-2026-11-30-0830-run-7.html"
    run = ObjectRun("my-prom", Exit.DONE, object_in(tmp_path, folder="reports"), report=page)
    assert report_address(run) == str(page)
    run.file = object_in(tmp_path, folder="reports", url="https://shop.example/reports")
    assert report_address(run).startswith("https://shop.example/reports/%D0%BC%D1%96%D0%B9-")
    run.report = None
    assert report_address(run) == ""
    assert report_folder(object_in(tmp_path)) is None


def test_the_example_names_its_folder() -> None:
    """Paths are relative to the file of the sync object."""
    assert report_folder(object_in(EXAMPLE, folder="../reports")) == EXAMPLE.parent / "reports"
    assert os.sep in str(EXAMPLE)
