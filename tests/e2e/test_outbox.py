"""The way into Torgsoft: every order's file once, whatever is cut off, moved, taken or called off."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from homes import Home, Ran
from servers import PASSWORD, FtpPlace, ftp_server

from torgsync.files.outbox import UNFINISHED, Folder
from torgsync.sandbox.orders import CASH_ON_DELIVERY, Buyer
from torgsync.state.trade import Trade

OLENA = Buyer(first_name="Олена", last_name="Вигадана", phone="+380500000001")


@pytest.fixture
def mapped(filled: Home) -> Home:
    """The example shop after its first synchronisation, with a place for all money."""
    filled.run("payments", "fetch")
    for method in ("9000001", "9000002", "9000003"):
        filled.run("payments", "map", method, "--cash-register", "Каса 1")
    return filled


def buy(home: Home, *, good: str = "26901") -> str:
    """Have somebody order, and return the order's number."""
    return str(home.market.place_order([(good, 1)], buyer=OLENA, payment_option_id=CASH_ON_DELIVERY.id))


def outbox(home: Home) -> Path:
    return home.folder / "outbox" / "my-prom"


def take(folder: Path) -> list[str]:
    """Have Torgsoft take all order files, and return the numbers of their orders."""
    numbers = []
    for path in sorted(folder.glob("*.json")):
        numbers.append(json.loads(path.read_bytes())["Options"]["OrderNumber"])
        path.unlink()
    return numbers


def phase(home: Home, number: str) -> str | None:
    """How far the file of an order is."""
    found = {order["id"]: order for order in home.run("orders", "list", "--format", "json").json["orders"]}
    told: str | None = found[number]["phase"]
    return told


def fetch(home: Home) -> Ran:
    """Bring orders home."""
    return home.run("orders", "fetch")


class Killed(BaseException):
    """The plug is pulled: nothing is cleaned up but what a database does by itself."""


def dies(step: str, place: type, when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pull the plug before or after the second call of a step."""
    real: Callable[..., Any] = getattr(place, step)
    calls = Counter[str]()

    def cut(self: Any, *args: Any) -> Any:  # noqa: ANN401
        calls[step] += 1
        if calls[step] == 2 and when == "before":
            raise Killed
        done = real(self, *args)
        if calls[step] == 2:
            raise Killed
        return done

    monkeypatch.setattr(place, step, cut)


@pytest.mark.parametrize("taken", [False, True], ids=["", "taken at once"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    ("step", "place"),
    [("put", Folder), ("keep", Folder), ("moves_file", Trade), ("publish", Folder), ("wrote_file", Trade)],
)
def test_a_kill_between_state_and_outbox(
    mapped: Home, step: str, place: type, when: str, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No order is lost and none is doubled, whether or not Torgsoft takes what lies there in between."""
    numbers = [buy(mapped) for _ in range(3)]
    with monkeypatch.context() as patched:
        dies(step, place, when, patched)
        with pytest.raises(Killed):
            fetch(mapped)
    mapped.bury()
    got = take(outbox(mapped)) if taken else []
    for _ in range(2):
        assert fetch(mapped).code == 0
        got += take(outbox(mapped))
    assert sorted(got) == sorted(numbers)
    fetch(mapped)
    assert {phase(mapped, number) for number in numbers} == {"taken"}
    assert not list(outbox(mapped).iterdir())


def test_a_kill_while_a_store_copies(mapped: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot rename was stopped between copy and removal: one file is left, once."""
    number = buy(mapped)
    with monkeypatch.context() as patched:

        def copied(_self: Folder, name: str) -> None:
            shutil.copyfile(outbox(mapped) / f"{name}{UNFINISHED}", outbox(mapped) / name)
            raise Killed

        patched.setattr(Folder, "publish", copied)
        with pytest.raises(Killed):
            fetch(mapped)
    mapped.bury()
    assert fetch(mapped).code == 0
    assert [path.name for path in outbox(mapped).iterdir()] == [f"order-{number}.json"]
    assert phase(mapped, number) == "written"


def test_a_file_that_is_gone_was_taken(mapped: Home) -> None:
    """It counts as delivered, and comes never again."""
    number = buy(mapped)
    fetch(mapped)
    assert phase(mapped, number) == "written"
    assert take(outbox(mapped)) == [number]
    fetched = mapped.run("orders", "fetch", "--format", "json").json["orders"]
    assert (fetched["taken"], fetched["files"]) == (1, 0)
    assert phase(mapped, number) == "taken"
    assert " taken" in mapped.run("orders", "list").out
    fetch(mapped)
    assert not list(outbox(mapped).iterdir())


def test_an_order_called_off_before_torgsoft_took_it(mapped: Home) -> None:
    """Its file is taken back, so that Torgsoft reserves nothing; nobody need do anything."""
    number = buy(mapped)
    fetch(mapped)
    mapped.market.cancel_order(int(number))
    ran = fetch(mapped)
    assert f"! order {number} is no sale any more: its file was taken back from the outbox" in ran.lines
    assert (ran.code, list(outbox(mapped).iterdir())) == (0, [])
    assert phase(mapped, number) == "withdrawn"
    assert "taken back" in mapped.run("orders", "list").out


def test_an_order_is_taken_up_again(mapped: Home) -> None:
    """One whose file was taken back is written after all; what Torgsoft has released is told to a person."""
    numbers = [buy(mapped), buy(mapped)]
    fetch(mapped)
    (outbox(mapped) / f"order-{numbers[1]}.json").unlink()
    fetch(mapped)
    for number in numbers:
        mapped.market.cancel_order(int(number))
    fetch(mapped)
    assert [phase(mapped, number) for number in numbers] == ["withdrawn", "taken"]
    for number in numbers:
        mapped.market.set_order_status(int(number), "received")
    ran = fetch(mapped)
    assert f"! order {numbers[1]} is taken up again: reserve its goods in Torgsoft by hand" in ran.lines
    assert take(outbox(mapped)) == [numbers[0]]
    (account,) = mapped.run("payments", "report", "--format", "json").json["accounts"]
    assert account["open"] == "3426.00"


def test_an_order_called_off_at_the_moment_it_is_taken(mapped: Home) -> None:
    """Torgsoft was faster: the reserve is to be released by hand, and it is told once."""
    number = buy(mapped)
    fetch(mapped)
    take(outbox(mapped))
    mapped.market.cancel_order(int(number))
    told = f"! order {number} is canceled now: release its reserve in Torgsoft by hand"
    assert told in fetch(mapped).lines
    assert told not in fetch(mapped).lines


def test_an_order_that_was_paid_back_after_it_was_taken(mapped: Home) -> None:
    """It is no sale any more, whatever its status says."""
    number = str(mapped.market.place_order([("26901", 1)], buyer=OLENA, paid=True))
    fetch(mapped)
    take(outbox(mapped))
    fetch(mapped)
    mapped.market.refund_order(int(number))
    assert f"! order {number} is no sale any more now: release its reserve" in fetch(mapped).out


def test_an_outbox_whose_folder_is_gone(mapped: Home) -> None:
    """A share that is not mounted took nothing: it is told, and goods go all the same."""
    number = buy(mapped)
    mapped.edit_object("[clients]", '[orders]\noutbox = "share/in"\n\n[clients]')
    fetch(mapped)
    share = mapped.shop / "share"
    assert [path.name for path in (share / "in").iterdir()] == [f"order-{number}.json"]
    share.rename(mapped.shop / "away")
    ran = fetch(mapped)
    assert ran.code == 5
    assert "is gone, with 1 order file in it" in ran.err
    assert phase(mapped, number) == "written"
    mapped.next_day()
    synced = mapped.sync()
    assert (synced.code, synced.json["error"]["kind"]) == (5, "temporary")
    assert synced.json["counts"]["update"] > 0
    (mapped.shop / "away").rename(share)
    assert fetch(mapped).code == 0


def test_the_outbox_moves(mapped: Home) -> None:
    """Files in the old folder are followed there; new ones go to the new one."""
    first = buy(mapped)
    fetch(mapped)
    mapped.edit_object("[clients]", '[orders]\noutbox = "new"\n\n[clients]')
    second = buy(mapped)
    assert fetch(mapped).code == 0
    assert (phase(mapped, first), phase(mapped, second)) == ("written", "written")
    assert take(mapped.shop / "new") == [second]
    assert take(outbox(mapped)) == [first]
    fetch(mapped)
    assert (phase(mapped, first), phase(mapped, second)) == ("taken", "taken")


def test_the_old_outbox_is_out_of_sight(mapped: Home) -> None:
    """Its files count as not taken, and a person is told where to look."""
    number = buy(mapped)
    fetch(mapped)
    shutil.rmtree(outbox(mapped))
    mapped.edit_object("[clients]", '[orders]\noutbox = "new"\n\n[clients]')
    ran = fetch(mapped)
    assert "! 1 order file may still lie in the old outbox" in ran.out
    assert phase(mapped, number) == "written"


def test_a_file_that_lies_there_already(mapped: Home) -> None:
    """As after the state was lost: it is left as it is, and counts as written."""
    number = buy(mapped)
    outbox(mapped).mkdir(parents=True)
    path = outbox(mapped) / f"order-{number}.json"
    path.write_text("{}")
    fetch(mapped)
    assert (path.read_text(), phase(mapped, number)) == ("{}", "written")
    assert [one.name for one in outbox(mapped).iterdir()] == [path.name]


def test_orders_of_an_earlier_day(mapped: Home) -> None:
    """They are kept with their money and go to Torgsoft no more; nobody need do anything about them."""
    mapped.edit_object("[clients]", '[orders]\nsince = "2999-01-01"\n\n[clients]')
    number = buy(mapped)
    ran = mapped.run("orders", "fetch", "--format", "json")
    assert (ran.code, ran.json["orders"]["held"], ran.json["orders"]["files"]) == (0, 0, 0)
    assert phase(mapped, number) is None
    assert mapped.run("orders", "list").lines[-1].endswith("2999-01-01")
    assert mapped.run("orders", "list", "--held").err == "no orders yet\n"
    (account,) = mapped.run("payments", "report", "--format", "json").json["accounts"]
    assert account["expected"] == "1713.00"


# A server


@pytest.fixture
def ftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FtpPlace]:
    """A hoster's FTP server."""
    with ftp_server(tmp_path_factory.mktemp("ftp")) as place:
        yield place


def test_an_outbox_on_a_server(mapped: Home, ftp: FtpPlace) -> None:
    """Files come and are taken as in a folder; the password stands nowhere but in its own file."""
    (mapped.shop / "ftp-password").write_text(f"{PASSWORD}\n")
    mapped.edit_object(
        "[clients]",
        f'[orders]\noutbox = "{ftp.url}in"\noutbox_password = {{ file = "ftp-password" }}\n\n[clients]',
    )
    number = buy(mapped)
    ran = fetch(mapped)
    assert (ran.code, [path.name for path in (ftp.folder / "in").iterdir()]) == (0, [f"order-{number}.json"])
    assert take(ftp.folder / "in") == [number]
    fetch(mapped)
    assert phase(mapped, number) == "taken"
    exported = mapped.run("orders", "export", number)
    assert exported.err == f"1 file in `{ftp.url}in`\n"
    mapped.market.cancel_order(int(number))
    fetch(mapped)
    assert not list((ftp.folder / "in").iterdir())
    (mapped.shop / "ftp-password").unlink()
    assert PASSWORD.encode() not in mapped.everything_written()


def test_a_server_that_lets_nobody_in(mapped: Home, ftp: FtpPlace) -> None:
    """Orders are home and goods go; the files come with a later run."""
    (mapped.shop / "ftp-password").write_text("wr0ng-invented")
    mapped.edit_object(
        "[clients]",
        f'[orders]\noutbox = "{ftp.url}in"\noutbox_password = {{ file = "ftp-password" }}\n\n[clients]',
    )
    number = buy(mapped)
    mapped.next_day()
    ran = mapped.run("sync", "--yes")
    assert (ran.code, "cannot be used: 530" in ran.err, "wr0ng" in ran.err) == (5, True, False)
    assert "14 done" in ran.out  # the thirteen changes of the day, and the stock of what was bought
    assert phase(mapped, number) is None
    (mapped.shop / "ftp-password").write_text(PASSWORD)
    assert fetch(mapped).code == 0
    assert take(ftp.folder / "in") == [number]


def test_a_password_that_is_not_to_be_had(mapped: Home) -> None:
    """The mistake is told with its place in the sync object."""
    mapped.edit_object(
        "[clients]",
        '[orders]\noutbox = "ftp://h/in"\noutbox_password = { env = "NOT_SET" }\n\n[clients]',
    )
    buy(mapped)
    ran = fetch(mapped)
    assert (ran.code, "the environment variable `NOT_SET` is not set" in ran.err) == (3, True)


# Written again on purpose


def test_an_order_is_exported_again(mapped: Home) -> None:
    """Into the outbox, where it counts as not taken until it is gone again."""
    number = buy(mapped)
    fetch(mapped)
    take(outbox(mapped))
    fetch(mapped)
    ran = mapped.run("orders", "export", number)
    assert (ran.code, ran.lines, ran.err) == (0, [f"order-{number}.json"], f"1 file in `{outbox(mapped)}`\n")
    assert phase(mapped, number) == "written"
    assert take(outbox(mapped)) == [number]
    fetch(mapped)
    assert phase(mapped, number) == "taken"


def test_a_held_order_is_exported_on_purpose(mapped: Home) -> None:
    """A good that Torgsoft does not know stands in the comment; whoever exports it has decided."""
    foreign = mapped.market.add_product(None, name="Щось [/b]", price=Decimal(5))
    number = str(mapped.market.place_order([("26901", 1), (foreign, 1)], buyer=OLENA))
    assert fetch(mapped).code == 8
    assert [
        order["id"] for order in mapped.run("orders", "list", "--held", "--format", "json").json["orders"]
    ] == [number]
    mapped.run("orders", "export", number)
    document = json.loads((outbox(mapped) / f"order-{number}.json").read_bytes())
    assert len(document["Goods"]) == 1
    assert "невідомий товар: Щось [/b] x 1 по 5" in document["Options"]["Comment"]
    assert mapped.run("orders", "list", "--held").err == "no orders yet\n"


def test_orders_are_exported_as_csv(mapped: Home, tmp_path: Path) -> None:
    """One file an order, in any folder; the outbox does not count them."""
    numbers = sorted(buy(mapped) for _ in range(2))
    fetch(mapped)
    take(outbox(mapped))
    ran = mapped.run("orders", "export", "--all", "--format", "csv", "--to-folder", str(tmp_path / "csv"))
    assert sorted(ran.lines) == [f"order-{number}.csv" for number in numbers]
    assert sorted(path.name for path in (tmp_path / "csv").iterdir()) == sorted(ran.lines)
    mapped.run("orders", "export", numbers[0], "--format", "csv")
    assert [path.name for path in outbox(mapped).iterdir()] == [f"order-{numbers[0]}.csv"]
    fetch(mapped)
    assert phase(mapped, numbers[0]) == "taken"
    assert not list(tmp_path.glob(f"csv/*{UNFINISHED}"))


def test_orders_are_chosen_by_day_and_status(mapped: Home, tmp_path: Path) -> None:
    """What is called off is left out where Torgsoft would reserve its goods."""
    kept, gone = buy(mapped), buy(mapped)
    mapped.market.cancel_order(int(gone))
    fetch(mapped)
    assert mapped.run("orders", "export", "--all").lines == [f"order-{kept}.json"]
    assert mapped.run("orders", "export", "--status", "pending").lines == [f"order-{kept}.json"]
    everything = mapped.run("orders", "export", "--all", "--to-folder", str(tmp_path / "all"))
    assert len(everything.lines) == 2
    assert mapped.run("orders", "export", "--to", "2020-01-01").out == ""


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (("export",), "name orders, or say which ones"),
        (("export", "1", "--all"), "name orders, or say which ones"),
        (("export", "1", "2"), "there is no order 1, 2"),
        (("export", "--all", "--format", "table"), "an order is exported as json or csv"),
        (("export", "--from", "2026-03-02", "--to", "2026-03-01"), "the days end before they begin"),
        (("list", "--from", "yesterday"), "yesterday"),
        (("show", "1"), "there is no order 1"),
    ],
)
def test_what_cannot_be_exported_is_told(mapped: Home, args: tuple[str, ...], message: str) -> None:
    """Exit 64, with a sentence; nothing is written."""
    ran = mapped.run("orders", *args)
    assert (ran.code, message in ran.err) == (64, True)
    assert not outbox(mapped).exists()


def test_an_order_called_off_is_not_exported_to_torgsoft(mapped: Home, tmp_path: Path) -> None:
    """It would reserve goods; elsewhere it may be written."""
    number = buy(mapped)
    mapped.market.cancel_order(int(number))
    fetch(mapped)
    ran = mapped.run("orders", "export", number)
    assert (ran.code, "is no sale any more" in ran.err) == (64, True)
    assert mapped.run("orders", "export", number, "--to-folder", str(tmp_path / "x")).code == 0
