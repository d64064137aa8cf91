"""Reports of plans and runs: pages, Markdown and results of tests, printed and kept after unattended runs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from homes import Home, Ran
from reports import Page, read_junit, read_markdown, read_page

from torgsync.errors import Exit
from torgsync.files.places.folder import FolderPlace

HOSTILE = "<img src=x onerror=alert(1)> @octocat #12 [a](javascript:alert(1))"


def raised(home: Home) -> None:
    """Have the export move some prices, one of them by a slipped decimal point."""
    home.next_day()
    home.edit_row("26903", ";1713;0;1713;", ";171,3;0;171,3;")


def page_of(ran: Ran, code: Exit = Exit.DONE) -> Page:
    """Return the page that a command printed."""
    assert ran.code == code, ran.err
    return read_page(ran.out)


def kept(home: Home) -> list[Path]:
    """Return the pages in the folder of reports, the oldest first."""
    return sorted((home.folder / "reports").glob("*.html"))


@pytest.fixture
def keeping(filled: Home) -> Iterator[Home]:
    """The example shop after its first day, which keeps the last two reports."""
    filled.edit_object("[limits]", '[reports]\nfolder = "../reports"\nkeep = 2\n\n[limits]')
    yield filled
    assert not list(filled.folder.rglob("*.tmp"))


def test_a_page_of_a_plan(filled: Home) -> None:
    """What is held comes first, with its command; every change is listed in its group, with its values."""
    raised(filled)
    seen = page_of(filled.run("--lang", "en", "update", "--format", "html"))
    assert (seen.texts("h1"), seen.texts("p", "title")) == (["My Prom"], ["pending changes"])
    assert seen.texts("div", "none") == []
    assert "1713.00 → 171.30 (-90 %); the limit is -40 % to +150 %" in seen.text
    assert 'torgsync sync -o "My Prom" --allow price=26903' in seen.texts("pre")
    assert [title.split()[0] for title in seen.texts("h2")] == [
        *("waits", "prices", "held", "new", "updates", "removals", "totals"),
    ]
    assert "price 268.00 → 341.70 +28 %" in seen.text
    assert any(text.startswith("Іграшки") for text in seen.texts("summary"))
    assert seen.all("rect", "up")
    assert "status on the site → hidden" in seen.text
    assert "not in the export any more" in seen.texts("p", "note")
    assert len(seen.pictures) > 5
    assert {url.rsplit("/", 1)[0] for url in seen.pictures} == {"https://shop.example/photos"}
    assert "uses 1 of the 7 imports left today" in seen.text


def test_a_report_is_in_the_language_of_its_object(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--lang` outweighs the object, that the variable; without any it is Ukrainian."""
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.delenv("TORGSYNC_LANG", raising=False)
    ran = filled.run("update", "--format", "html")
    assert (page_of(ran).texts("p", "title"), "making the plan" in ran.err) == (["зміни, які чекають"], True)
    monkeypatch.setenv("TORGSYNC_LANG", "en")
    assert page_of(filled.run("update", "--format", "html")).texts("p", "title") == ["pending changes"]
    filled.edit_object('name = "My Prom"', 'name = "My Prom"\nlanguage = "uk"')
    seen = page_of(filled.run("update", "--format", "html"))
    assert seen.texts("p", "title") == ["зміни, які чекають"]
    assert [one.get("lang") for one in seen.all("html") + seen.all("section", "object")] == ["uk", "uk"]
    written = filled.run("--lang", "en", "update", "--format", "markdown").out
    assert written.startswith("## My Prom: pending changes\n")


def test_the_variable_of_the_format(filled: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment may choose a report, as it may choose JSON."""
    monkeypatch.setenv("TORGSYNC_UPDATE_FORMAT", "markdown")
    assert filled.run("--lang", "uk", "update").out.startswith("## My Prom: зміни, які чекають\n")


def test_names_of_an_export_do_nothing(filled: Home) -> None:
    """A name is a text in every form, also in findings."""
    filled.edit_row("26904", "Черевики", HOSTILE.replace('"', ""))
    page_of(filled.run("update", "--format", "html"))
    read_markdown(filled.run("update", "--format", "markdown").out)
    read_junit(filled.run("update", "--format", "junit").out)


def test_markdown_fits_a_chat(filled: Home) -> None:
    """It is as long as wanted, says what was cut, and keeps what matters most."""
    raised(filled)
    whole = filled.run("--lang", "en", "update", "--format", "markdown").out
    short = filled.run("--lang", "en", "update", "--format", "markdown", "--max-length", "1500").out
    assert len(short) <= 1500 < len(whole)
    shown = read_markdown(short)
    assert 'torgsync sync -o "My Prom" --allow price=26903' in shown.code
    assert 'torgsync update -o "My Prom" --show all' in shown.code
    assert "there is more" in shown.words.casefold()
    assert "there is more" not in read_markdown(whole).words.casefold()


def test_results_of_tests(filled: Home) -> None:
    """A held price has failed; what is to be sent has passed. With nothing pending there is one case."""
    assert len(read_junit(filled.run("update", "--format", "junit").out).findall(".//testcase")) == 1
    raised(filled)
    root = read_junit(filled.run("--lang", "en", "update", "--format", "junit").out)
    (suite,) = root
    assert (suite.get("name"), suite.get("failures"), suite.get("errors")) == ("My Prom", "1", "0")
    (failure,) = root.iter("failure")
    assert "1713.00 -> 171.30" in str(failure.get("message"))
    assert "--allow price=26903" in str(failure.text)


@pytest.mark.parametrize("form", ["html", "markdown", "junit"])
def test_several_objects_are_one_document(home: Home, form: str) -> None:
    """Each has its part; one that cannot be read says why there and on stderr, and decides the code."""
    home.second_object("Second", "second.toml")
    home.second_object("Third", "third.toml").write_text("name = 3\n", "utf-8")
    ran = home.run("--lang", "en", "update", "--format", form)
    assert (ran.code, "third" in ran.err) == (Exit.INVALID, True)
    if form == "html":
        seen = read_page(ran.out)
        assert seen.texts("h1") == ["My Prom", "Second", "third"]
        assert seen.texts("title") == ["My Prom, Second: pending changes"]
        assert len(seen.texts("div", "bad")) == 1
    elif form == "markdown":
        assert re.findall("^## (.*)$", ran.out, re.MULTILINE) == [
            *("My Prom: pending changes", "Second: pending changes", "third"),
        ]
        read_markdown(ran.out)
    else:
        suites = list(read_junit(ran.out))
        assert [(suite.get("name"), suite.get("errors")) for suite in suites] == [
            *(("My Prom", "0"), ("Second", "0"), ("third", "1")),
        ]


@pytest.mark.parametrize("form", ["html", "markdown", "junit"])
def test_an_object_that_cannot_be_looked_at(filled: Home, form: str) -> None:
    """The document is whole and says why; the exit code is that of the error."""
    filled.export.write_bytes(b"")
    ran = filled.run("--lang", "en", "update", "--format", form)
    assert (ran.code, "error: " in ran.err) == (Exit.INVALID, True)
    if form == "html":
        assert "TSGoods.trs" in read_page(ran.out).text
    elif form == "junit":
        assert [error.get("type") for error in read_junit(ran.out).iter("error")] == ["export-invalid"]
    else:
        assert "TSGoods" in read_markdown(ran.out).html


def test_a_report_of_a_run(filled: Home) -> None:
    """What was done, refused and held, with the reasons, the requests and the meaning of the exit code."""
    raised(filled)
    code = filled.run("sync", "--yes").code
    seen = page_of(filled.run("--lang", "en", "history", "2", "--format", "html"))
    assert seen.texts("p", "title") == ["run 2"]
    assert "held by the guard price" in seen.text
    assert f"exit code {code}" in seen.text
    assert "products/import_file" in seen.text
    assert 'torgsync update -o "My Prom"' in seen.texts("pre")
    shown = read_markdown(filled.run("--lang", "en", "history", "2", "--format", "markdown").out)
    assert "held" in shown.words
    root = read_junit(filled.run("--lang", "en", "history", "2", "--format", "junit").out)
    assert "held price 26903" in [case.get("name") for case in root.iter("testcase")]


def test_changes_that_prom_refused(filled: Home) -> None:
    """They have failed, and say why; what was left for later was skipped."""
    filled.next_day()
    filled.misbehave("POST products/import_file import-fails nth=1")
    assert filled.run("sync", "--yes").code == Exit.PARTIAL
    seen = page_of(filled.run("--lang", "en", "history", "2", "--format", "html"))
    assert "refused: " in " ".join(seen.texts("b"))
    assert {"refused", "left for later"} <= set(seen.texts("dt"))
    root = read_junit(filled.run("--lang", "en", "history", "2", "--format", "junit").out)
    assert {failure.get("type") for failure in root.iter("failure")} == {"refused"}
    assert {skipped.get("type") for skipped in root.iter("skipped")} == {"deferred"}
    shown = read_markdown(filled.run("--lang", "en", "history", "2", "--format", "markdown").out)
    assert "What did not end well" in shown.words


def test_what_goes_with_a_report(filled: Home, tmp_path: Path) -> None:
    """A plan is saved all the same, with its command on the page; what no state knows is said."""
    raised(filled)
    out = tmp_path / "monday.plan"
    seen = page_of(filled.run("--lang", "en", "update", "--format", "html", "--out", str(out)))
    assert out.exists()
    assert [text for text in seen.texts("pre") if f"--plan {out}" in text]
    ran = filled.run("--lang", "en", "update", "--format", "html", "--stateless")
    assert "this plan was made without the state database" in page_of(ran).text
    seen = page_of(filled.run("--lang", "en", "update", "--format", "html", "--offline", "--good", "26931"))
    assert seen.texts("dd") == ["0", "1", "0", "0"]
    assert "other changes" in seen.text
    code = filled.run("update", "--format", "junit", "--detailed-exitcode").code
    assert code == Exit.PENDING


def test_a_list_of_runs_is_no_report(filled: Home) -> None:
    """Wrong usage is explained, with the command that prints one; a size is for Markdown."""
    ran = filled.run("--lang", "en", "history", "--format", "html")
    assert (ran.code, ran.out) == (Exit.USAGE, "")
    assert "torgsync history RUN --format html" in ran.err
    assert filled.run("history", "99", "--format", "html").out == ""
    ran = filled.run("--lang", "en", "update", "--format", "html", "--max-length", "2000")
    assert (ran.code, "`--max-length` is for `--format markdown`" in ran.err) == (Exit.USAGE, True)
    assert filled.run("update", "--format", "markdown", "--max-length", "999").code == Exit.USAGE


def test_reports_are_kept(keeping: Home) -> None:
    """A run that did something leaves a page, one that did nothing does not; the last two stay."""
    assert keeping.sync().code == 0
    assert kept(keeping) == []
    raised(keeping)
    assert keeping.sync().code == Exit.HELD
    (first,) = kept(keeping)
    assert keeping.sync().code == Exit.HELD
    assert kept(keeping) == [first]
    assert re.fullmatch(r"my-prom-\d{4}-\d\d-\d\d-\d{4}-run-3\.html", first.name)
    seen = read_page(first.read_text("utf-8"))
    assert "1713.00 → 171.30 (-90 %)" in seen.text
    (command, *_more) = seen.texts("pre")
    assert re.fullmatch(r'torgsync approve [0-9a-f]{8} -o "My Prom"', command)
    assert seen.all("html")[0].get("lang") == "uk"
    of_item = command.replace(" -o", " --only 26903 -o")
    assert of_item in seen.text
    assert "--allow" not in seen.text
    for form in ("html", "markdown", "junit"):
        ran = keeping.run("history", "3", "--format", form)
        assert "1713.00" in ran.out
        assert of_item.split(" -o")[0] in (read_page(ran.out).text if form == "html" else ran.out)
    for price in ("70", "71"):
        keeping.edit_row("26931", ";74,5;0;74,5;" if price == "70" else ";70;0;70;", f";{price};0;{price};")
        keeping.sync()
    assert [path.name[-10:] for path in kept(keeping)] == ["run-5.html", "run-6.html"]
    written = b"".join(path.read_bytes() for path in kept(keeping))
    assert b">full<" not in written


def test_a_rollback_leaves_a_page(keeping: Home) -> None:
    """It is a run like any other."""
    raised(keeping)
    keeping.sync()
    assert keeping.run("rollback", "2", "--yes").code in (Exit.DONE, Exit.PARTIAL)
    assert [path.name[-10:] for path in kept(keeping)] == ["run-2.html", "run-3.html"]
    assert "запуск 2" in read_page(kept(keeping)[1].read_text("utf-8")).text


def test_no_buyer_is_on_a_page(keeping: Home) -> None:
    """Orders are counted; their buyers are not named."""
    order = keeping.sandbox.order(keeping.sandbox.place_order([("26901", 1)]))
    raised(keeping)
    keeping.sync()
    text = kept(keeping)[0].read_text("utf-8")
    assert "замовлень" in text
    for secret in (order.buyer.first_name, order.buyer.last_name, str(order.buyer.phone), str(order.id)):
        assert secret not in text


def test_a_folder_that_cannot_be_used(keeping: Home) -> None:
    """The run ends as it would have, and says that no page was kept; checks say it before."""
    (keeping.folder / "reports").write_text("a file", "utf-8")
    raised(keeping)
    ran = keeping.run("--lang", "en", "sync", "--yes")
    assert (ran.code, ran.err.count("no report of the run was kept")) == (Exit.HELD, 1)
    assert "no report of the run was kept" in (keeping.folder / "logs" / "torgsync.log").read_text("utf-8")
    assert "reports" in keeping.run("--lang", "en", "object", "check").out
    check = keeping.run("object", "check", "--format", "json").json["checks"]
    assert [line["state"] for line in check if line["subject"] == "reports"] == ["warning"]


def test_a_share_that_hangs_does_not_hold_a_run(keeping: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up after a while, and the exit code is that of the run."""
    released = Event()
    monkeypatch.setattr("torgsync.jobs.unattended.reports.PATIENCE", 0.05)
    monkeypatch.setattr(FolderPlace, "put", lambda *_: released.wait(60))
    raised(keeping)
    try:
        ran = keeping.run("--lang", "en", "sync", "--yes")
    finally:
        released.set()
    assert (ran.code, "did not answer" in ran.err) == (Exit.HELD, True)


def test_checks_try_the_folder(keeping: Home) -> None:
    """A new folder is fine, and is not made; one that works is in order. Nothing is left there."""
    lines = keeping.run("object", "check", "--format", "json").json["checks"]
    assert [line["state"] for line in lines if line["subject"] == "reports"] == ["warning"]
    assert not (keeping.folder / "reports").exists()
    (keeping.folder / "reports").mkdir()
    lines = keeping.run("doctor", "--format", "json").json["checks"]
    assert [line["state"] for line in lines if line["subject"] == "reports"] == ["ok"]
    assert kept(keeping) == []
