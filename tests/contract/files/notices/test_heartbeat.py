"""Pings of a monitor on loopback."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import SecretStr
from receivers import closed_port, end_senders, hanging, webhook

from torgsync.core.config.unattended import Notify
from torgsync.core.notices.sending import FailedDelivery, Undelivered
from torgsync.files.notices import heartbeat
from torgsync.files.notices.addresses import Address, read_heartbeat
from torgsync.files.notices.heartbeat import Heartbeat, ping_address, try_heartbeat


def address(text: str) -> Address:
    found = read_heartbeat(Path(), Notify(heartbeat=SecretStr(text)), None)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("text", "pinged"),
    [
        ("https://hc.example/ping/uuid", "https://hc.example/ping/uuid/start"),
        ("https://hc.example/ping/uuid/", "https://hc.example/ping/uuid/start"),
        ("https://hc.example/ping/uuid?create=1&x=/a#f", "https://hc.example/ping/uuid/start?create=1&x=/a"),
        ("https://hc.example", "https://hc.example/start"),
        ("http://user:word@hc.example:8000/a%20b", "http://user:word@hc.example:8000/a%20b/start"),
    ],
)
def test_the_address_of_a_signal(text: str, pinged: str) -> None:
    """It is a part of the path; a query stays one."""
    assert ping_address(text, "start") == pinged


def test_a_run_and_its_end() -> None:
    """Both pings come in their order, also where the end comes before the start was answered."""
    with webhook() as hook:
        beat = Heartbeat(address(f"http://{hook.host}/ping/uuid?x=1"))
        beat.begin()
        beat.end(8)
        assert beat.result(5) is None
        alone = Heartbeat(address(f"http://{hook.host}/other"))
        alone.end(0)
        assert alone.result(5) is None
        assert try_heartbeat(address(f"http://{hook.host}/third")) is None
    assert hook.pinged == ["/ping/uuid/start?x=1", "/ping/uuid/8?x=1", "/other/0", "/third/log"]


@pytest.mark.parametrize("status", [404, 500])
def test_refused(status: int) -> None:
    """The number of the answer is known."""
    with webhook() as hook:
        hook.status = status
        assert try_heartbeat(address(f"http://{hook.host}/x")) == FailedDelivery(
            "http://…", Undelivered.REFUSED, status
        )


def test_redirects() -> None:
    """One on the same host is followed, not for ever; one to another host is not: it would get the secret."""
    with webhook() as other, webhook() as hook:
        hook.status, hook.target = 302, f"http://localhost:{other.port}/stolen"
        outcome = try_heartbeat(address(f"http://{hook.host}/x"))
        assert outcome == FailedDelivery("http://…", Undelivered.REFUSED, 302)
        assert other.pinged == []
        hook.target = f"http://{other.host}/moved"
        assert try_heartbeat(address(f"http://{hook.host}/x")) is None
        assert other.pinged == ["/moved"]
        hook.target = "/round"
        assert try_heartbeat(address(f"http://{hook.host}/y")) == outcome
        assert hook.pinged[-4:] == ["/y/log", "/round", "/round", "/round"]


def test_no_connection() -> None:
    """Neither at a closed port nor at a host that there is not."""
    for text in (f"http://127.0.0.1:{closed_port()}/secret", "http://no-such-host.invalid/secret"):
        assert try_heartbeat(address(text)) == FailedDelivery("http://…", Undelivered.UNREACHED)


@pytest.mark.timeout(30)
@pytest.mark.parametrize("drip", [b"", b"H"])
def test_who_hangs_is_not_waited_for(drip: bytes) -> None:
    """The start does not wait at all, the end only for its deadline."""
    with hanging(drip) as port:
        beat = Heartbeat(address(f"http://127.0.0.1:{port}/"))
        beat.begin()
        beat.end(0)
        assert beat.result(0.2) == FailedDelivery("http://…", Undelivered.NO_ANSWER)
    beat.join(20)
    end_senders()


@pytest.mark.timeout(30)
def test_a_server_that_is_silent_for_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is given up, whatever the deadline is."""
    monkeypatch.setattr(heartbeat, "TIMEOUT", 0.2)
    with hanging() as port:
        outcome = try_heartbeat(address(f"http://127.0.0.1:{port}/"), 20)
        assert outcome == FailedDelivery("http://…", Undelivered.NO_ANSWER)


def test_an_address_that_cannot_be_read() -> None:
    """It is reported like one that cannot be reached."""
    missing = read_heartbeat(Path(), Notify.model_validate({"heartbeat": {"env": "INVENTED_MISSING"}}), None)
    assert missing is not None
    assert try_heartbeat(missing) == FailedDelivery("INVENTED_MISSING", Undelivered.SECRET)
