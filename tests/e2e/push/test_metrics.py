"""`sync --metrics` and `sync --ok-codes`: what a run reports to the machines that watch it."""

from __future__ import annotations

import os
import stat
import sys
import threading
from pathlib import Path

import pytest
from homes import Home
from prometheus_client.parser import text_string_to_metric_families

from torgsync.extras import install_command
from torgsync.jobs.unattended import metrics as job

Samples = dict[tuple[str, ...], float]


def read(file: Path) -> Samples:
    """Return every sample by its name and the values of its labels, `object` first."""
    samples: Samples = {}
    for family in text_string_to_metric_families(file.read_text("utf-8")):
        assert family.documentation.isascii()
        assert family.type == ("counter" if family.name == "torgsync_runs" else "gauge")
        for sample in family.samples:
            rest = (value for name, value in sample.labels.items() if name != "object")
            samples[sample.name.removeprefix("torgsync_"), sample.labels["object"], *rest] = sample.value
    return samples


def of(samples: Samples, slug: str, *names: str) -> list[float | None]:
    return [samples.get((name, slug)) for name in names]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where the metrics go: a folder of its own, as node_exporter's."""
    folder = tmp_path / "textfiles"
    folder.mkdir(mode=0o755)
    return folder / "torgsync.prom"


def test_a_run_is_measured(filled: Home, file: Path) -> None:
    """Its changes, findings and requests; what is held; the file is for other users, its folder stays."""
    filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    filled.edit_export(lambda text: text.replace(";899;0;899;", ";89.9;0;89.9;"))
    filled.edit_export(lambda text: text.replace(";4820000000017;", ";482;", 1))
    before = file.parent.stat().st_mode
    assert filled.sync("--metrics", str(file)).code == 8
    found = read(file)
    names = ("readable", "last_run_exit_code", "pending_changes", "held_changes", "imports_left", "running")
    assert of(found, "my-prom", *names) == [1, 8, 0, 1, 7, 0]
    assert found["changes", "my-prom", "done", "update"] == 1
    assert found["changes", "my-prom", "held", "update"] == 1
    assert found["runs_total", "my-prom", "0"] == found["runs_total", "my-prom", "8"] == 1
    assert found["last_run_requests", "my-prom"] > 0
    assert found["last_run_imports", "my-prom"] == 0
    assert found["last_success_timestamp_seconds", "my-prom"] > found["plan_timestamp_seconds", "my-prom"]
    assert found["export_timestamp_seconds", "my-prom"] == pytest.approx(filled.export.stat().st_mtime)
    assert found["skipped_items", "my-prom", "not-displayed"] == 1
    assert all(name != "findings" or value > 0 for (name, *_), value in found.items())
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o644
        assert file.parent.stat().st_mode == before
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_findings_are_counted_by_code(filled: Home, file: Path) -> None:
    """Those of rows, and those of the look as a whole, which the state does not keep."""
    filled.edit_row("26926", ";129;0;129;", ";-;0;-;")
    filled.sync("--metrics", str(file))
    findings = {key[1:]: value for key, value in read(file).items() if key[0] == "findings"}
    assert findings
    assert all(slug == "my-prom" and value >= 1 for (slug, *_), value in findings.items())
    assert ("my-prom", "number-unreadable", "error") in findings, findings


def test_status_has_the_same_values(filled: Home, file: Path) -> None:
    """What the state keeps is what the run said."""
    assert filled.sync("--metrics", str(file)).code == 0
    after = file.with_name("after.prom")
    after.write_text(filled.run("status", "--format", "prometheus").out, "utf-8")
    ran, later = read(file), read(after)
    ran.pop(("last_run_duration_seconds", "my-prom"))
    assert later.pop(("last_run_duration_seconds", "my-prom")) >= 0
    lately = [ran.pop(("schedule_lag_seconds", "my-prom")), later.pop(("schedule_lag_seconds", "my-prom"))]
    assert lately == [0, 0]
    assert ran == later


def test_several_objects_are_in_one_file(filled: Home, file: Path) -> None:
    """One that failed before its run began too, each with its own exit code."""
    filled.second_object("Друга", "second.toml").write_text('name = "Друга"\nzzz = 1\n', "utf-8")
    third = filled.second_object("Third", "other-name.toml")
    third.write_text(third.read_text("utf-8").replace('file = "token"', 'file = "none"'), "utf-8")
    assert filled.sync("--all", "--metrics", str(file)).code == 3
    found = read(file)
    assert of(found, "my-prom", "readable", "last_run_exit_code") == [1, 0]
    assert of(found, "друга", "readable", "last_run_exit_code") == [0, 3]
    assert of(found, "third", "readable", "last_run_exit_code") == [1, 3]
    assert ("last_run_duration_seconds", "друга") not in found


def test_an_object_that_is_named_and_broken(filled: Home, file: Path) -> None:
    """Its error ends the call, after the metrics were written."""
    filled.edit_object("[limits]", "[limits]\nzzz = 5")
    assert filled.sync("-o", "my-prom", "--metrics", str(file)).code == 3
    assert of(read(file), "my-prom", "readable", "last_run_exit_code") == [0, 3]


def test_nothing_due_keeps_what_is_known(filled: Home, file: Path) -> None:
    """A timer calls every few minutes: the last run stays the last run."""
    assert filled.run("sync", "--due", "--metrics", str(file)).code == 0
    assert of(read(file), "my-prom", "last_run_exit_code", "last_run_requests") == [0, 6]


def test_the_variable_asks_for_them_too(filled: Home, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TORGSYNC_SYNC_METRICS", str(file))
    assert filled.sync().code == 0
    assert read(file)["readable", "my-prom"] == 1


def test_a_link_is_replaced_and_not_followed(filled: Home, file: Path, tmp_path: Path) -> None:
    """Its folder may be one that others write to."""
    target = tmp_path / "precious"
    target.write_text("mine", "utf-8")
    file.symlink_to(target)
    filled.sync("--metrics", str(file))
    assert target.read_text("utf-8") == "mine"
    assert not file.is_symlink()
    assert read(file)


def test_hostile_names_are_escaped(filled: Home, file: Path) -> None:
    """The name of a broken file can be anything."""
    name = 'a"b\\c{} #' if os.name == "nt" else 'a"b\\c\n{} # HELP x'
    (filled.shop / f"{name}.toml").write_text("zzz = 1\n", "utf-8")
    assert filled.sync("--all", "--metrics", str(file)).code == 3
    assert {key[1] for key in read(file)} == {"my-prom", "a-b-c-help-x" if os.name != "nt" else "a-b-c"}


@pytest.mark.parametrize("path", ["nowhere/x.prom", ".", "pipe"])
def test_metrics_that_cannot_be_written_fail_no_run(filled: Home, tmp_path: Path, path: str) -> None:
    """It is one warning; what is no file is not replaced."""
    if path == "pipe":
        if os.name == "nt":
            pytest.skip("Windows has no named pipes in folders")
        os.mkfifo(tmp_path / path)
    ran = filled.sync("--metrics", str(tmp_path / path))
    assert (ran.code, ran.json["exit"]) == (0, 0)
    assert "! the metrics were not written: " in ran.err
    assert path != "pipe" or stat.S_ISFIFO((tmp_path / path).stat().st_mode)


def test_a_share_that_hangs_delays_a_run_for_seconds_only(
    filled: Home, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The thread is left behind; the process can end."""
    released = threading.Event()
    monkeypatch.setattr(job, "PATIENCE", 0.2)
    monkeypatch.setattr(job, "write_metrics", lambda *_: released.wait())
    ran = filled.sync("--metrics", str(file))
    released.set()
    assert ran.code == 0
    assert f"the metrics were not written: `{file}` did not answer in 0.2 seconds" in ran.err


def test_a_bug_in_the_metrics_fails_no_run(filled: Home, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a warning, and its place is in the log."""

    def broken(*_: object) -> None:
        raise KeyError("bug")

    monkeypatch.setattr(job, "write_metrics", broken)
    ran = filled.sync("--metrics", str(file))
    assert (ran.code, "KeyError" in ran.err) == (0, True)


def test_without_the_library_a_run_goes_on(filled: Home, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is a warning, with the command that installs it; what is for metrics alone is refused."""
    monkeypatch.setitem(sys.modules, "prometheus_client", None)
    ran = filled.sync("--metrics", str(file))
    assert (ran.code, ran.json["exit"]) == (0, 0)
    (warning,) = (line for line in ran.err.splitlines() if "the metrics were not written" in line)
    assert install_command("metrics") in warning
    assert filled.run("status", "--format", "prometheus").code == 64


# Codes that a caller takes for success


def held(home: Home) -> None:
    home.edit_export(lambda text: text.replace(";899;0;899;", ";89.9;0;89.9;"))


def test_a_code_in_the_list_ends_the_process_with_0(
    filled: Home, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The document, the history and the metrics keep the true one."""
    held(filled)
    monkeypatch.setenv("TORGSYNC_SYNC_OK_CODES", "0, 8")
    ran = filled.sync("--metrics", str(file))
    assert (ran.code, ran.json["exit"]) == (0, 8)
    assert filled.run("history", "--format", "json").json["runs"][0]["exit"] == 8
    assert read(file)["last_run_exit_code", "my-prom"] == 8


def test_an_error_in_the_list_is_still_said(filled: Home) -> None:
    """Also one that ends the call before its run."""
    (filled.shop / "token").write_text("wrong\n", "utf-8")
    ran = filled.sync("--ok-codes", "0,4")
    assert (ran.code, ran.json["error"]["exit"]) == (0, 4)
    assert filled.sync("--ok-codes", "8").code == 4
    filled.edit_object("[limits]", "[limits]\nzzz = 5")
    assert filled.sync("--ok-codes", "3").code == 0


def test_of_several_objects_the_worst_code_counts(filled: Home) -> None:
    """8 is in the list and 3 is not."""
    held(filled)
    filled.second_object("Second", "second.toml").write_text('name = "Second"\nzzz = 1\n', "utf-8")
    assert filled.sync("--all", "--ok-codes", "8").code == 3
    assert filled.sync("--all", "--ok-codes", "8,3").code == 0


@pytest.mark.parametrize("given", ["64", "1", "2", "zero", "0;8", "77"])
def test_no_other_codes_can_be_taken_for_success(filled: Home, given: str) -> None:
    """A wrong call, an error without a name and a code that `sync` never ends with; nothing is sent."""
    before = filled.writes()
    ran = filled.sync("--ok-codes", given)
    assert ran.code == 64
    assert "0, 3, 4, 5, 6, 7, 8, 9, 10, 130" in ran.json["error"]["hint"]
    assert filled.writes() == before


def test_a_plan_that_undoes_a_run_has_both_too(filled: Home, file: Path, tmp_path: Path) -> None:
    """`sync --plan` of a rollback is a run like others."""
    filled.edit_row("26926", ";129;0;129;", ";119;0;119;")
    assert filled.sync().code == 0
    plan = tmp_path / "back.plan"
    assert filled.run("rollback", "2", "--out", str(plan)).code == 0
    ran = filled.sync("--plan", str(plan), "--metrics", str(file), "--ok-codes", "9")
    assert ran.code == 0
    assert read(file)["changes", "my-prom", "done", "update"] == 1
    again = filled.sync("--plan", str(plan), "--metrics", str(file), "--ok-codes", "9")
    assert (again.code, again.json["error"]["exit"]) == (0, 9)
    assert read(file)["last_run_exit_code", "my-prom"] == 9


@pytest.mark.parametrize("option", ["sync --yes --metrics", "update --out", "rollback 1 --out"])
def test_a_file_without_a_name(filled: Home, option: str) -> None:
    """An unset variable, or the sign for the standard output, is refused before anything is done."""
    filled.sandbox.log.clear()
    for name in ("", "-"):
        ran = filled.run("--lang", "en", *option.split(), name)
        assert (ran.code, f"`{option.rsplit(maxsplit=1)[-1]}` names no file" in ran.err) == (64, True)
    assert not filled.sandbox.log
