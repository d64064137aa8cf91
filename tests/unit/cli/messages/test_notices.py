"""The messages about unattended runs: what they name, how much of it, and their language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import catalogs
import pytest
from builders import finding
from homes import EXAMPLE

from torgsync import i18n
from torgsync.cli.base.language import load_catalog
from torgsync.cli.messages.notices import notice_text, trial_text
from torgsync.core.findings import Code
from torgsync.core.notices.decide import Look
from torgsync.core.notices.sending import Text
from torgsync.core.notices.situations import Event, Name, Notification, SituationKind
from torgsync.core.plan.outcomes import prom_said
from torgsync.errors import Exit, InvalidInput, Mistake, Temporary, TorgsyncError
from torgsync.files.config.objects import load_object
from torgsync.i18n import LANGUAGES, verbatim
from torgsync.jobs.plan.result import FindingGroup
from torgsync.jobs.unattended.notifying import About, Topic
from torgsync.jobs.unattended.observing import Observation, Refusals
from torgsync.jobs.unattended.runs import ObjectRun
from torgsync.jobs.unattended.subjects import Subject

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NOTHING = Look({}, frozenset())


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> Iterator[str]:
    """One language, in which sentences are shown."""
    catalogs.compile_catalogs()
    i18n.use(load_catalog(request.param))
    yield str(request.param)
    i18n.use(None)


def about(
    seen: Observation, kind: SituationKind, name: str = "My Prom", until: datetime | None = None
) -> About:
    run = ObjectRun("my-prom", Exit.ERROR, seen=seen, report=Path("/reports/7.html"))
    notification = Notification(Event.BEGAN, (Name(kind),), frozenset({"x"}), NOON, until)
    return About(Subject("my-prom", name, "my-prom", run=run), notification)


def said(seen: Observation, kind: SituationKind) -> list[str]:
    """Return the lines of a message about one object, without those that all messages have."""
    text = notice_text(Topic(Event.BEGAN, (kind,), None), [about(seen, kind)])
    *lines, since, report = text.body.splitlines()
    assert since == "(since 2026-03-02 14:00)"
    assert report == f"report: {Path('/reports/7.html')}"
    return lines


def refusals(number: int) -> tuple[Refusals, ...]:
    return tuple(Refusals((prom_said(f"no {n}"),), n + 1, f"70{n}", f"Корм {n}") for n in range(number))


def test_what_was_refused() -> None:
    """The first reasons, each with an item and how many more have it."""
    lines = said(Observation(NOTHING, refusals=refusals(5)), SituationKind.REFUSED)
    assert [line.partition(":")[0] for line in lines] == [
        "700 Корм 0",
        "701 Корм 1 and 1 more",
        "702 Корм 2 and 2 more",
        "… and 2 other reasons",
    ]


def test_a_name_is_no_link() -> None:
    """Chats make links of addresses, also of those in the names of items."""
    named = Refusals((prom_said("no"),), 1, "700", "Корм https://shop.example")
    (line, *_rest) = said(Observation(NOTHING, refusals=(named,)), SituationKind.REFUSED)
    assert line.startswith("700 Корм https:\u2060//shop.example: ")


def test_errors_in_items() -> None:
    """The first of each kind, with the number of all like it."""
    codes = (Code.NAME_MISSING, Code.LETTERS_LOST, Code.CURRENCY_OTHER, Code.REFUSED_BEFORE)
    groups = tuple(FindingGroup(code, 3, (finding(code),)) for code in codes)
    lines = said(Observation(NOTHING, findings=groups), SituationKind.FINDINGS)
    assert [line.endswith("(2 more like it)") for line in lines] == [True, True, True, False, False]
    assert lines[3:] == ["… and 1 more", "torgsync object check my-prom"]


def test_orders() -> None:
    """Numbers, and what their money lacks."""
    seen = Observation(NOTHING, orders=("1", "2", "3", "4"), methods=("Готівка",), methodless=2)
    assert said(seen, SituationKind.ORDERS) == [
        "4 orders wait for you: 1, 2, 3 and 1 more",
        "torgsync orders list --held -o my-prom",
        "no cash register or account chosen yet for `Готівка`",
        'torgsync payments map Готівка --cash-register "REGISTER NAME" -o my-prom',
        "2 orders are on their way without a payment method",
    ]


def test_an_error_has_its_first_mistakes() -> None:
    """And the way on."""
    mistakes = tuple(Mistake(n, f"key{n}", verbatim("wrong")) for n in range(1, 6))
    error = InvalidInput(
        verbatim("15 mistakes"), mistakes=mistakes, unlisted=10, hint=verbatim("mend them\nor: do it")
    )
    assert said(Observation(NOTHING, trouble=error), SituationKind.FAILED) == [
        "15 mistakes",
        "line 1: key1: wrong",
        "line 2: key2: wrong",
        "line 3: key3: wrong",
        "… and 12 more",
        "mend them",
        "or: do it",
    ]


@pytest.mark.parametrize(
    ("seen", "kind", "first"),
    [
        (Observation(NOTHING, bug="KeyError"), SituationKind.FAILED, "This is a bug of torgsync (KeyError)."),
        (
            Observation(NOTHING, trouble=Temporary(verbatim("no connection"))),
            SituationKind.DELAYED,
            "no connection",
        ),
        (Observation(NOTHING), SituationKind.DELAYED, "run after run, some changes are left for later"),
        (Observation(NOTHING), SituationKind.IMPORTS, "the import of an earlier run hangs and blocks all"),
        (
            Observation(NOTHING, free=NOON.isoformat()),
            SituationKind.IMPORTS,
            "no import is left until 2026-03-02 14:00",
        ),
        (
            Observation(NOTHING, trouble=TorgsyncError(verbatim("it says no"))),
            SituationKind.IMPORTS,
            "it says no",
        ),
    ],
)
def test_what_happened(seen: Observation, kind: SituationKind, first: str) -> None:
    """It is the first line."""
    assert said(seen, kind)[0].startswith(first)


OVER = (
    "The trouble that began 2026-03-02 14:00 is over.",
    "Збій, що почався 2026-03-02 14:00, минув.",
)


@pytest.mark.parametrize(
    ("kinds", "english", "ukrainian"),
    [
        (
            (SituationKind.TOKEN,),
            "Prom.ua accepts the token again (refused since 2026-03-02 14:00).",
            "Prom.ua знову приймає токен (не приймав від 2026-03-02 14:00).",
        ),
        (
            (SituationKind.IMPORTS,),
            "Prom.ua accepts imports again (not accepted since 2026-03-02 14:00).",
            "Prom.ua знову приймає імпорт (не приймав від 2026-03-02 14:00).",
        ),
        (
            (SituationKind.MISSED,),
            "Synchronizations take place again (none since 2026-03-02 14:00).",
            "Синхронізація знову відбувається (не було від 2026-03-02 14:00).",
        ),
        (
            (SituationKind.FAILED,),
            "The export can be read again (it could not since 2026-03-02 14:00).",
            "Вивантаження знову читається (не читалося від 2026-03-02 14:00).",
        ),
        ((SituationKind.TOKEN, SituationKind.FAILED), *OVER),
    ],
)
def test_what_is_over(language: str, kinds: tuple[SituationKind, ...], english: str, ukrainian: str) -> None:
    """It is named where one thing ended; the rest is one sentence."""
    ended = Notification(Event.ENDED, tuple(map(Name, kinds)), frozenset({"x"}), NOON, error="export-invalid")
    text = notice_text(Topic(Event.ENDED, (), language), [About(Subject("x", "My Prom", "x"), ended)])
    assert text.body == (english if language == "en" else ukrainian)


def test_a_method_that_was_not_fetched(language: str) -> None:
    """Only a fetch makes it known, so that command comes before the one that chooses its place."""
    seen = Observation(NOTHING, methods=("Готівка",), unplaced=("7",), unfetched=True)
    text = notice_text(
        Topic(Event.BEGAN, (SituationKind.ORDERS,), language), [about(seen, SituationKind.ORDERS)]
    )
    _said, fetch, choose, *_rest = text.body.splitlines()
    assert fetch == "torgsync payments fetch -o my-prom"
    assert choose.startswith("torgsync payments map Готівка --cash-register ")


def test_a_report_is_a_link_where_it_has_an_address(tmp_path: Path) -> None:
    """Else it is a path."""
    text = (EXAMPLE / "my-prom.toml").read_text("utf-8")
    path = tmp_path / "my-prom.toml"
    path.write_text(f'{text}\n[reports]\nurl = "https://shop.example/r"\n', "utf-8")
    one = about(Observation(NOTHING), SituationKind.HELD)
    one.subject.file = load_object(path)
    message = notice_text(Topic(Event.BEGAN, (SituationKind.HELD,), None), [one])
    assert message.body.splitlines()[-1] == "report: https://shop.example/r/7.html"


def test_every_message_is_in_both_languages(language: str) -> None:
    """Titles and lines; names are data, a long list of shops is cut."""
    texts: list[Text] = [trial_text(["My Prom"])]
    for kind in SituationKind:
        for over in (False, True) if kind is SituationKind.MISSED else (False,):
            shops = [about(Observation(NOTHING), kind, f"Shop{n}", until=NOON) for n in range(5)]
            texts.append(notice_text(Topic(Event.BEGAN, (kind,), None, over), shops))
    texts.append(notice_text(Topic(Event.ENDED, (), None), shops))
    for text in texts[1:]:
        assert text.title.startswith("Shop0, Shop1, Shop2 " + {"en": "and 2 more", "uk": "і ще 2"}[language])
        assert all(f"Shop{n}:" in text.body for n in range(5))
    words = [text.title.partition(": ")[2] for text in texts]
    assert all(word.isascii() is (language == "en") for word in words)
    assert len(set(words)) == len(words)
