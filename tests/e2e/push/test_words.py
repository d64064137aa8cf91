"""What Prom.ua says reaches people, and whatever its texts hold stops nothing."""

from __future__ import annotations

import json
import shlex
from dataclasses import replace

import pytest
from homes import Home

from torgsync.sandbox.quirks import Rights
from torgsync.sandbox.shop.orders import ShopBuyer

TARIFF = "it says: API недоступний для вашого тарифного плану"


@pytest.mark.parametrize("closed", ["401-json", "200-message"])
def test_an_api_that_the_plan_of_the_shop_closes(filled: Home, closed: str) -> None:
    """Its words are shown, in JSON too, and no new token is advised; once the API is open, all goes on."""
    filled.set_quirks(f"api_closed={closed}")
    filled.next_day()
    for ran in (filled.run("sync", "--yes"), filled.run("orders", "fetch"), filled.run("doctor")):
        assert (ran.code, TARIFF in ran.out + ran.err) == (4, True)
        assert "create a new token" not in ran.out + ran.err
    error = filled.sync().json["error"]
    assert (error["kind"], TARIFF in error["message"]) == ("token-refused", True)
    filled.set_quirks("api_closed=no")
    assert filled.sync().code == 0


@pytest.mark.parametrize("answer", ["401-html", "403-json"])
def test_a_token_without_the_right_for_orders(filled: Home, answer: str) -> None:
    """The goods can go without them, once or for good, by commands that can be pasted."""
    filled.set_quirks(f"forbidden_as={answer}")
    filled.sandbox.tokens["full"] = replace(Rights.full(), orders="none")
    filled.next_day()
    ran = filled.run("sync", "--yes")
    assert (ran.code, filled.writes()[1:]) == (4, [])
    assert "Prom.ua refused the token of `My Prom`: it may not read orders" in ran.err
    assert "revoked" not in ran.err
    once, for_good = (shlex.split(line) for line in ran.err.splitlines() if line.startswith("  torgsync"))
    assert filled.run(*once[1:], "--yes").code == 0
    assert filled.run(*for_good[1:]).code == 0
    for _ in range(2):
        again = filled.run("sync", "--yes")
        assert (again.code, again.lines, "stay on Prom" in again.err) == (
            0,
            ["My Prom: no changes are pending"],
            False,
        )
    for words in ("orders fetch", "sync --yes --only orders", "schedule add --every 2h --only orders"):
        refused = filled.run(*words.split())
        assert (refused.code, "`My Prom` fetches no orders" in refused.err) == (64, True)
    doctor = filled.run("doctor")
    assert (doctor.code, "may not read orders" in doctor.out) == (0, False)
    assert "! warning  orders" in doctor.out


def test_a_token_that_expired_is_no_token_without_orders(filled: Home) -> None:
    """Where it may not even read products, no way on without orders is shown."""
    (filled.shop / "token").write_text("expired\n")
    ran = filled.run("orders", "fetch")
    assert (ran.code, "it is unknown, expired or revoked" in ran.err) == (4, True)
    assert "--only goods" not in ran.err


def test_texts_that_nothing_can_take(mapped: Home) -> None:
    """Half an emoji, NUL and control characters in every text stop nothing, neither on the next day."""
    buyer = ShopBuyer(first_name="Олена\x00", last_name="Вигадана\ud83d", phone="+380500000001")
    number = mapped.sandbox.place_order([("26901", 1)], buyer=buyer, client_notes="Дякую \ud83d\x1b\x9b!")
    mapped.set_quirks("texts=broken")
    assert [change["fields"].keys() for change in mapped.sync().json["changes"]] == [{"quantity"}]
    (path,) = (mapped.folder / "outbox" / "my-prom").glob("*.json")
    document = json.loads(path.read_bytes())
    assert document["Client"]["Name"] == "Вигадана Олена"
    assert document["Options"]["Comment"].endswith("; Дякую !")
    mapped.next_day()
    assert mapped.run("payments", "fetch").code == 0
    assert mapped.sync().code == 0
    mapped.set_quirks("texts=clean")
    assert mapped.run("update", "--full-refresh", "--detailed-exitcode").code == 0
    shown = mapped.run("orders", "show", str(number))
    assert (shown.code, "Дякую !" in shown.out, "\x1b" in shown.out) == (0, True, False)
