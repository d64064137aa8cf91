"""A week of `sync --due` on a virtual clock: the exact messages, to real receivers."""

from __future__ import annotations

import getpass
import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
import requests
from clocks import clock_of
from homes import Home
from receivers import Mailbox, Webhook, mail_server, webhook

from torgsync.core.clock import SHOP_ZONE
from torgsync.sandbox.quirks import Rights

ME = f"{socket.gethostname()}\\\\{getpass.getuser()}"
TOKEN = "123456789:abcdefg_hijklmnop-aaaaaaaaaaaaaaaaa"
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class Telegram(requests.adapters.HTTPAdapter):
    """A Telegram inside the process, which keeps the texts that it gets."""

    def __init__(self) -> None:
        super().__init__()
        self.texts: list[str] = []

    def send(self, request: requests.PreparedRequest, *_: object, **_more: object) -> requests.Response:
        """Take a message."""
        assert isinstance(request.body, str)
        self.texts.append(json.loads(request.body)["text"])
        response = requests.Response()
        response.status_code, response._content = 200, b'{"ok": true}'
        return response


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Telegram:
    """All requests to Telegram's host go to it, others to where they should."""
    service, get_adapter = Telegram(), requests.Session.get_adapter

    def adapter_of(session: requests.Session, url: str, **more: Any) -> requests.adapters.BaseAdapter:  # noqa: ANN401
        return service if "api.telegram.org" in url else get_adapter(session, url, **more)

    monkeypatch.setattr(requests.Session, "get_adapter", adapter_of)
    return service


class Week:
    """Calls of `sync --due` every 15 minutes from a Monday on, and what people got after each."""

    def __init__(self, home: Home, hook: Webhook, box: Mailbox, telegram: Telegram) -> None:
        self.home, self.hook, self.box, self.telegram = home, hook, box, telegram
        self.clock = clock_of(home.sandbox)
        local = self.clock.now().astimezone(SHOP_ZONE)
        self.monday = (local + timedelta(days=8 - local.isoweekday())).date()
        self.got: list[str] = []
        self.pings: dict[str, list[str]] = {}

    def at(self, day: int, hour: str) -> datetime:
        """Return a moment of the week."""
        date = self.monday + timedelta(days=day)
        return datetime.combine(date, time.fromisoformat(hour), SHOP_ZONE).astimezone(UTC)

    def go_to(self, day: int, hour: str) -> None:
        """Set the clock."""
        self.clock.time = self.at(day, hour)

    def call(self, *args: str) -> None:
        """Call the program, and note who got what."""
        seen = len(self.hook.posted), len(self.box.mails), len(self.telegram.texts)
        pinged = len(self.hook.pinged)
        began = self.clock.now()
        ran = self.home.run(*(args or ("sync", "--due")), now=self.clock.now, sleep=self.clock.sleep)
        assert "was not notified" not in ran.err, ran.err
        assert "notifications were not sent" not in ran.err
        messages = self.hook.posted[seen[0] :], self.box.mails[seen[1] :], self.telegram.texts[seen[2] :]
        assert len({len(sent) for sent in messages}) == 1, "everyone gets every message"
        shown = began.astimezone(SHOP_ZONE)
        beats = [path.rpartition("/")[2] for path in self.hook.pinged[pinged:]]
        assert beats[:1] == ["start"] * bool(beats)
        if beats and (code := beats[1]) != "0":
            self.pings.setdefault(DAYS[shown.weekday()], []).append(code)
        for posted, mail, text in zip(*messages, strict=True):
            assert posted["title"] in text
            assert mail["Subject"]
            self.got.append(f"{DAYS[shown.weekday()]} {shown:%H:%M} {posted['title']}")

    def day(self, day: int, changes: dict[str, Callable[[], object]] | None = None) -> None:
        """Call every 15 minutes of a day; changes happen at their hours."""
        changes = dict(changes or {})
        moment, end = self.at(day, "08:00"), self.at(day, "20:40")
        while moment < end:
            for hour in [hour for hour in changes if self.at(day, hour) <= moment]:
                changes.pop(hour)()
            self.clock.time = max(moment, self.clock.time)
            self.call()
            moment += timedelta(minutes=15)
        assert not changes


@pytest.fixture
def week(mapped: Home, telegram: Telegram) -> Iterator[Week]:
    """The example shop with a time every two hours, and three addresses."""
    with webhook() as hook, mail_server() as box:
        week = Week(mapped, hook, box, telegram)
        mapped.edit_object("OFFICE-PC\\\\olena", ME)
        mapped.edit_object('every = "30m"', 'every = "2h"')
        week.go_to(0, "07:45")
        week.call("sync", "--yes")
        mail = f"mailto://127.0.0.1:{box.port}?from=shop@example.com&to=olena@example.com&mode=insecure"
        to = [f"json://{hook.host}/", mail, f"tgram://{TOKEN}/12345"]
        heartbeat = f"http://{hook.host}/ping/uuid"
        with mapped.object.open("a", encoding="utf-8") as file:
            file.write(f"\n[notify]\nto = {json.dumps(to)}\nheartbeat = {json.dumps(heartbeat)}\n")
        mapped.edit_object('name = "My Prom"', 'name = "My Prom"\nlanguage = "en"')
        yield week


@pytest.mark.slow
def test_the_messages_of_a_week(week: Week) -> None:
    """Each trouble is one message and its end another; what passes by itself and what lasts are none."""
    home, whole = week.home, week.home.export.read_bytes()

    def no_imports() -> None:
        home.misbehave("import-refused reason=daily-limit")
        home.next_day()

    week.day(0, {"09:10": lambda: home.export.write_bytes(whole[:3000]),
                 "10:25": lambda: home.export.write_bytes(whole)})  # fmt: skip
    week.day(1, {"09:30": lambda: home.edit_row("26925", ";749;", ";74.9;")})
    week.day(2, {"12:10": lambda: home.export.write_bytes(whole),
                 "13:50": lambda: home.misbehave("503"),
                 "14:10": home.misbehave,
                 "15:30": lambda: home.misbehave("503"),
                 "18:10": home.misbehave})  # fmt: skip
    week.day(3, {"09:30": home.sandbox.tokens.clear,
                 "13:30": lambda: home.sandbox.tokens.update(full=Rights.full())})  # fmt: skip
    week.day(4, {"09:30": no_imports,
                 "13:30": home.misbehave})  # fmt: skip
    week.go_to(6, "09:45")
    week.day(6)
    assert week.got == [
        "mon 10:00 My Prom: the synchronization failed",
        "mon 10:30 My Prom: the synchronization works again",
        "tue 10:00 My Prom: changes are held until you decide",
        "wed 16:30 My Prom: the synchronization does not get through",
        "wed 18:15 My Prom: the synchronization works again",
        "thu 10:00 My Prom: Prom.ua refused the token",
        "thu 14:00 My Prom: the synchronization works again",
        "fri 10:00 My Prom: Prom.ua accepts no import",
        "fri 14:00 My Prom: the synchronization works again",
        "sun 09:45 My Prom: no synchronization took place for a while",
    ]
    # 16:00, 16:15 and 16:30 on Wednesday; 18:15 is the second try of 18:00.
    assert week.pings == {
        "mon": ["3", "3"],
        "wed": ["5", "5", "5", "5", "5"],
        "thu": ["4", "4"],
        "fri": ["5"] * 6,
    }
    everything = json.dumps(week.hook.posted) + "".join(week.telegram.texts) + "".join(week.hook.pinged)
    assert TOKEN not in everything
    assert "full" not in everything
