"""How long an import is waited for, and when another one runs."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from torgsync.core.plan.imports import ACCEPTED, LOST, TURN, Wait, is_late, says_another_runs

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("wait", "first", "seconds"),
    [
        (ACCEPTED, [1, 2, 4, 8, 15, 30, 30], 900),
        (LOST, [15, 30, 45, 60, 60, 60], 270),
        (TURN, [20, 40, 60], 300),
        (Wait((5, 5), 9, 10), [5, 5], 10),
        (Wait((5,), 9, 3), [3], 3),
        (Wait((), 9, 20), [9, 9, 2], 20),
    ],
)
def test_pauses_of_a_wait(wait: Wait, first: list[int], seconds: int) -> None:
    """Short ones first, and all of them together are exactly the limit."""
    pauses = list(wait.pauses())
    assert (pauses[: len(first)], sum(pauses)) == (first, seconds)


def test_an_import_is_late_after_half_an_hour() -> None:
    """Prom takes three minutes to ten."""
    assert [is_late(NOON, NOON + timedelta(minutes=minutes)) for minutes in (0, 29, 30, 600)] == [
        *(False, False, True),
        True,
    ]


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        ("В данный момент действует ограничение на запуск одновременных импортов.", True),
        ("Наразі діє обмеження на запуск одночасних імпортів.", True),
        ("status: 400, message: НАРАЗІ ДІЄ ОБМЕЖЕННЯ НА ЗАПУСК ІМПОРТІВ", True),
        ("Ограничение на запуск импортов: один одновременный, не более 10 в сутки", True),
        ("Another import runs", True),
        ("An import of this shop is already running", True),
        ("import in progress", True),
        ("Import failed: an upload is in progress", False),
        ("Не удалось выполнить импорт: неверный формат файла", False),
        ("Файл содержит незавершенный элемент offer", False),
        ("Сьогодні вже виконано 10 імпортів. Спробуйте завтра", False),
        ("Импорт уже запущен, дождитесь его завершения", False),
        ("Ограничение на запуск импортов в сутки", False),
        ("Обмеження на запуск: перевищено кількість імпортів на день", False),
        ("Превышено количество импортов в сутки", False),
        ("Перевищено ліміт, зачекайте до завершення доби", False),
        ("The daily limit is reached, wait until it is finished", False),
        ("without a reason", False),
    ],
)
def test_another_import_is_recognised_by_its_words(words: str, *, runs: bool) -> None:
    """What speaks of the file or of the day's number is no import that runs."""
    assert says_another_runs(words) is runs
