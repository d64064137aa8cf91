"""Messages by Apprise, to real receivers on loopback and to one inside the process."""

from __future__ import annotations

import json
import logging
import sys
from email.message import Message
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
import requests
from pydantic import SecretStr
from receivers import closed_port, end_senders, hanging, mail_server, webhook

from torgsync.core.config.unattended import Notify
from torgsync.core.notices.sending import FailedDelivery, Text, Undelivered
from torgsync.files.notices import sending
from torgsync.files.notices.addresses import Address, read_addresses, read_heartbeat
from torgsync.files.notices.sending import send, why_unusable

HOSTILE = Text(
    "My <b>Prom</b> & *co* [x](http://evil.example)",
    "item 1 <a href='http://evil.example'>Корм</a> <!-- & _x_ `y` *z* [l](http://evil.example) :smile:\n"
    "second line \\n %0A ${y}",
)
TOKEN = "123456789:abcdefg_hijklmnop-aaaaaaaaaaaaaaaaa"
QUICK = 1.0


def address(text: str) -> Address:
    (found,) = read_addresses(Path(), Notify(to=[SecretStr(text)]), None)
    return found


def sent(text: str, message: Text = HOSTILE, deadline: float = 8) -> FailedDelivery | None:
    """Return why a message did not reach an address."""
    (outcome,) = send({address(text): [message]}, deadline)[address(text)]
    return outcome


def part_of(mail: Message, kind: str) -> str:
    """Return the part of a mail that has a type."""
    (payload,) = [part.get_payload(decode=True) for part in mail.walk() if part.get_content_type() == kind]
    assert isinstance(payload, bytes)
    return payload.decode()


def test_a_webhook() -> None:
    """It gets the texts as they are, each once and in order; two addresses at the same time."""
    with webhook() as one, webhook() as other:
        messages = [Text("first", "1"), HOSTILE]
        there = [address(f"json://{hook.host}/a/path?method=post") for hook in (one, other)]
        assert send(dict.fromkeys(there, messages)) == {to: [None, None] for to in there}
        for hook in (one, other):
            assert [(got["title"], got["message"]) for got in hook.posted] == [
                (text.title, text.body) for text in messages
            ]
            assert all(got["attachments"] == [] for got in hook.posted)


@pytest.mark.parametrize("options", ["", "&format=html", "&format=markdown", "&format=text"])
def test_a_mail(options: str) -> None:
    """Its texts are no markup, whatever the owner's address says, and its commands have blanks."""
    with mail_server() as box:
        to = (
            f"mailto://127.0.0.1:{box.port}?from=shop@example.com&to=olena@example.com&mode=insecure{options}"
        )
        assert sent(to) is None
        (mail,) = box.mails
    subject = str(mail["Subject"])
    assert "evil" in subject or "=?utf-8?" in subject
    assert {part.get_content_type() for part in mail.walk()} == {"text/plain"}
    assert part_of(mail, "text/plain").splitlines() == HOSTILE.body.splitlines()


class Telegram(requests.adapters.HTTPAdapter):
    """A Telegram inside the process: it keeps what it gets, and sends nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.status = 200
        self.got: list[tuple[str, dict[str, Any]]] = []

    def send(self, request: requests.PreparedRequest, *_: object, **_more: object) -> requests.Response:
        """Answer as Telegram does."""
        assert request.url
        assert isinstance(request.body, str)
        self.got.append((request.url, json.loads(request.body)))
        response = requests.Response()
        response.status_code, response.request, response.url = self.status, request, request.url
        slack = "slack" in request.url
        answer = "ok" if slack else json.dumps({"ok": True, "description": f"no {request.url}"})
        response._content = answer.encode()
        return response


@pytest.fixture
def telegram(monkeypatch: pytest.MonkeyPatch) -> Telegram:
    """Every session of `requests` in this process talks to it."""
    service = Telegram()
    monkeypatch.setattr(requests.Session, "get_adapter", lambda _session, **_args: service)
    return service


@pytest.mark.parametrize(
    "options",
    ["", "?format=html", "?format=markdown", "?format=markdown&mdv=2", "?emojis=yes", "?preview=yes"],
)
def test_telegram(telegram: Telegram, options: str) -> None:
    """It gets HTML whose texts are escaped: a tag would be a link, or have the message refused."""
    assert sent(f"tgram://{TOKEN}/12345{options}") is None
    ((url, got),) = telegram.got
    assert url == f"https://api.telegram.org/bot{TOKEN}/sendMessage"
    assert got["parse_mode"] == "HTML"
    assert "<a" not in got["text"]
    assert "&lt;a href=" in got["text"]
    assert "\nsecond line" in got["text"]
    assert ":smile:" in got["text"]
    assert "*z* [l](http://evil.example)" in got["text"]


def test_several_chats_of_one_address(telegram: Telegram) -> None:
    """They are not sent to one after the other with pauses, which would take longer than there is time."""
    assert sent(f"tgram://{TOKEN}/1/2/3/4/5", deadline=3) is None
    assert [got["chat_id"] for _url, got in telegram.got] == [1, 2, 3, 4, 5]


def test_slack_and_discord_take_no_markup(telegram: Telegram) -> None:
    """Slack's own markup is switched off; Discord gets plain text."""
    assert sent("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ/#shop") is None
    assert sent("discord://4174216298/JHMHI8qBe7bk2ZwO5U711o3dV_js") is None
    (_, slack), (_, discord) = telegram.got
    assert slack["attachments"][0]["text"] == HOSTILE.body
    assert slack["mrkdwn"] is False
    assert discord["content"].endswith(HOSTILE.body)


def test_refused(telegram: Telegram, capfd: pytest.CaptureFixture[str]) -> None:
    """The number of the answer is known, and nothing more of it is shown or logged: it has the token."""
    telegram.status = 401
    log = StringIO()
    handler = logging.StreamHandler(log)
    logging.getLogger().addHandler(handler)
    try:
        assert sent(f"tgram://{TOKEN}/12345") == FailedDelivery("tgram://…", Undelivered.REFUSED, 401)
    finally:
        logging.getLogger().removeHandler(handler)
    assert ("".join(capfd.readouterr()), log.getvalue()) == ("", "")


def test_no_connection(capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing listens there, or there is no such host."""
    for text in (
        f"json://127.0.0.1:{closed_port()}/secret",
        f"mailto://127.0.0.1:{closed_port()}?from=a@example.com&to=b@example.com&mode=insecure",
    ):
        outcome = sent(text)
        assert outcome is not None
        assert outcome.why is Undelivered.UNREACHED
    outcome = sent("json://no-such-host.invalid/secret")
    assert outcome is not None
    assert outcome.why is Undelivered.UNREACHED
    assert "".join(capfd.readouterr()) == ""


@pytest.mark.timeout(30)
@pytest.mark.parametrize("drip", [b"", b"H"])
def test_who_hangs_is_not_waited_for(drip: bytes) -> None:
    """The others get their messages; the deadline is that of all together."""
    with webhook() as hook, hanging(drip) as port, hanging(drip) as second:
        slow = [address(f"json://127.0.0.1:{one}/") for one in (port, second)]
        quick = address(f"json://{hook.host}/")
        assert why_unusable(quick) is None  # the library is imported
        outcomes = send({slow[0]: [HOSTILE, HOSTILE], slow[1]: [HOSTILE], quick: [HOSTILE]}, QUICK)
        late = FailedDelivery("json://…", Undelivered.NO_ANSWER)
        assert outcomes == {slow[0]: [late, late], slow[1]: [late], quick: [None]}
        assert len(hook.posted) == 1
    end_senders()


def test_a_mail_that_is_refused() -> None:
    """There is no number of HTTP then."""
    with mail_server(answer="550 no such person") as box:
        to = f"mailto://127.0.0.1:{box.port}?from=shop@example.com&to=olena@example.com&mode=insecure"
        assert sent(to) == FailedDelivery("mailto://…", Undelivered.REFUSED)


def test_a_login_that_is_refused() -> None:
    """The server was there: the name or the password may be wrong."""
    with mail_server() as box:
        there = f"127.0.0.1:{box.port}?from=shop@example.com&to=olena@example.com&mode=insecure"
        assert sent(f"mailto://shop:wrong@{there}") == FailedDelivery("mailto://…", Undelivered.LOGIN)


@pytest.mark.slow
def test_a_service_that_takes_all_and_says_nothing() -> None:
    """The time of one request is over before that of all."""
    with hanging() as port:
        assert sent(f"json://127.0.0.1:{port}/?rto=0.5") == FailedDelivery("json://…", Undelivered.NO_ANSWER)
    end_senders()


def test_a_service_that_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its error may hold the address; only that it failed is known."""

    def broken(_to: Address) -> None:
        raise RuntimeError(TOKEN)

    monkeypatch.setattr(sending, "plugin_of", broken)
    assert sent("json://127.0.0.1/") == FailedDelivery("json://…", Undelivered.UNREACHED)


@pytest.mark.parametrize(
    "text",
    ["nonsense://x", "config://x/y", "include://x", "tgram://too/short", "file:///etc/passwd", "memory://x"],
)
def test_what_apprise_does_not_know(text: str) -> None:
    """Neither addresses of services that there are not, nor of configurations."""
    assert why_unusable(address(text)) == FailedDelivery(address(text).shown, Undelivered.UNKNOWN)
    assert sent(text) == FailedDelivery(address(text).shown, Undelivered.UNKNOWN)


def test_plugins_of_others_are_not_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither those of the user's folders."""
    for folder in (tmp_path / ".apprise/plugins", tmp_path / ".config/apprise/plugins"):
        folder.mkdir(parents=True)
        (folder / "evil.py").write_text(f"open({str(tmp_path / 'run')!r}, 'w')\n", "utf-8")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("APPRISE_PLUGIN_PATH", str(tmp_path / ".apprise/plugins"))
    with webhook() as hook:
        assert sent(f"json://{hook.host}/") is None
    assert not (tmp_path / "run").exists()


def test_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "apprise", None)
    assert sent("json://127.0.0.1/") == FailedDelivery("json://…", Undelivered.LIBRARY)


def test_addresses_from_where_they_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is there once, with a fingerprint of its text; what cannot be read says why, without a text."""
    monkeypatch.setenv("INVENTED_ADDRESS", "json://127.0.0.1/me\n")
    monkeypatch.setenv("INVENTED_NONSENSE", "hunter2")
    (tmp_path / "address").write_text("json://127.0.0.1/me", "utf-8")
    to = [{"env": name} for name in ("INVENTED_ADDRESS", "INVENTED_NONSENSE", "INVENTED_MISSING")]
    notify = Notify.model_validate({"to": [*to, {"file": "address"}], "heartbeat": {"file": "address"}})
    found = read_addresses(tmp_path, notify, None)
    assert [(one.shown, one.secret is None, str(one.trouble)) for one in found] == [
        ("json://…", False, ""),
        ("INVENTED_NONSENSE", True, "what is in `INVENTED_NONSENSE` is not an address"),
        ("INVENTED_MISSING", True, "the environment variable `INVENTED_MISSING` is not set"),
    ]
    assert "hunter2" not in repr(found)
    heartbeat = read_heartbeat(tmp_path, notify, None)
    assert heartbeat is not None
    assert str(heartbeat.trouble) == "what is in `address` is not an address"
    assert sent("json://127.0.0.1/") is not None
    assert why_unusable(found[2]) == FailedDelivery("INVENTED_MISSING", Undelivered.SECRET)
