"""The outbox: one file per order, whatever is interrupted, moved, taken or cancelled."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from homes import Home, Ran
from matrix import sampled
from servers import PASSWORD, FtpPlace, ftp_server

from torgsync.files.places.folder import FolderPlace
from torgsync.files.places.place import HIDDEN, UNFINISHED
from torgsync.sandbox.shop.orders import CASH_ON_DELIVERY, ShopBuyer
from torgsync.state.orders.order_files import OrderFileRepository

OLENA = ShopBuyer(first_name="Олена", last_name="Вигадана", phone="+380500000001")


def buy(home: Home, *, good: str = "26901") -> str:
    """Place an order, and return its number."""
    return str(home.sandbox.place_order([(good, 1)], buyer=OLENA, payment_option_id=CASH_ON_DELIVERY.id))


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
    """Return the phase of an order's file."""
    found = {order["id"]: order for order in home.run("orders", "list", "--format", "json").json["orders"]}
    found_phase: str | None = found[number]["phase"]
    return found_phase


def fetch(home: Home) -> Ran:
    """Fetch orders."""
    return home.run("orders", "fetch")


class Killed(BaseException):
    """Raised as a kill: nothing is cleaned up but what a database does by itself."""


def kill_at(step: str, when: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Raise `Killed` before or after the second call of a step."""
    place = OrderFileRepository if step.startswith("mark_") else FolderPlace
    real: Callable[..., Any] = getattr(place, step)
    calls = Counter[str]()

    def step_or_kill(self: Any, *args: Any) -> Any:  # noqa: ANN401
        calls[step] += 1
        if calls[step] == 2 and when == "before":
            raise Killed
        done = real(self, *args)
        if calls[step] == 2:
            raise Killed
        return done

    monkeypatch.setattr(place, step, step_or_kill)


WHENS = ("before", "after")
WRITING = ("put", "make_durable", "mark_moving", "publish", "mark_written")


@pytest.mark.parametrize(
    ("step", "when", "taken"),
    sampled(
        product(WRITING, WHENS, (False, True)), ("mark_moving", "after", False), ("publish", "after", True)
    ),
)
def test_a_kill_between_state_and_outbox(
    mapped: Home, step: str, when: str, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No order is lost or duplicated, whether or not Torgsoft takes the files in between."""
    numbers = [buy(mapped) for _ in range(3)]
    with monkeypatch.context() as patched:
        kill_at(step, when, patched)
        with pytest.raises(Killed):
            fetch(mapped)
    mapped.orphan_leases()
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

        def copied(_self: FolderPlace, name: str) -> None:
            shutil.copyfile(outbox(mapped) / f"{name}{UNFINISHED}", outbox(mapped) / name)
            raise Killed

        patched.setattr(FolderPlace, "publish", copied)
        with pytest.raises(Killed):
            fetch(mapped)
    mapped.orphan_leases()
    assert fetch(mapped).code == 0
    assert [path.name for path in outbox(mapped).iterdir()] == [f"order-{number}.json"]
    assert phase(mapped, number) == "written"


def test_a_file_that_is_gone_was_taken(mapped: Home) -> None:
    """It counts as delivered, and is never written again."""
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


def test_an_order_cancelled_before_torgsoft_took_it(mapped: Home) -> None:
    """Its file is taken back, so that Torgsoft reserves nothing; no person is needed."""
    number = buy(mapped)
    fetch(mapped)
    mapped.sandbox.cancel_order(int(number))
    ran = fetch(mapped)
    assert f"! order {number}: it is not a sale any more: its file was removed from the outbox" in ran.lines
    assert (ran.code, list(outbox(mapped).iterdir())) == (0, [])
    assert phase(mapped, number) == "withdrawn"
    assert {"taken", "back"} <= {*mapped.run("orders", "list").out.split()}


def test_an_order_is_taken_up_again(mapped: Home) -> None:
    """A withdrawn file is written again; an order that Torgsoft has released is reported to a person."""
    numbers = [buy(mapped), buy(mapped)]
    fetch(mapped)
    (outbox(mapped) / f"order-{numbers[1]}.json").unlink()
    fetch(mapped)
    for number in numbers:
        mapped.sandbox.cancel_order(int(number))
    fetch(mapped)
    assert [phase(mapped, number) for number in numbers] == ["withdrawn", "taken"]
    for number in numbers:
        mapped.sandbox.set_order_status(int(number), "received")
    ran = fetch(mapped)
    assert f"! order {numbers[1]}: it is a sale again: reserve its items in Torgsoft by hand" in ran.lines
    assert take(outbox(mapped)) == [numbers[0]]
    (account,) = mapped.run("payments", "report", "--format", "json").json["accounts"]
    assert account["open"] == "3426.00"


def test_an_outbox_whose_folder_is_gone(mapped: Home) -> None:
    """No file counts as taken from an unmounted share: it is reported, and goods are sent all the same."""
    number = buy(mapped)
    mapped.edit_object("[clients]", '[orders]\noutbox = "share/in"\n\n[clients]')
    fetch(mapped)
    share = mapped.shop / "share"
    assert [path.name for path in (share / "in").iterdir()] == [f"order-{number}.json"]
    share.rename(mapped.shop / "away")
    ran = fetch(mapped)
    assert ran.code == 8
    assert "is gone, with 1 order file in it" in ran.out
    assert "check that the share is mounted" in ran.err
    assert phase(mapped, number) == "written"
    mapped.next_day()
    synced = mapped.sync()
    assert synced.code == 8
    assert "outbox-failed" in [finding["code"] for finding in synced.json["findings"]]
    assert synced.json["counts"]["update"] > 0
    (mapped.shop / "away").rename(share)
    assert fetch(mapped).code == 0


def test_a_folder_that_was_gone_is_made_again(mapped: Home) -> None:
    """It is unknown whether Torgsoft has what was in it: each order waits for a person to look."""
    number = buy(mapped)
    fetch(mapped)
    shutil.rmtree(outbox(mapped))
    assert "orders list --held" in fetch(mapped).err
    outbox(mapped).mkdir()
    ran = fetch(mapped)
    assert (ran.code, f"order {number}: its file was in an outbox that disappeared" in ran.out) == (8, True)
    assert mapped.run("orders", "export", number).code == 0
    assert fetch(mapped).code == 0
    assert (phase(mapped, number), take(outbox(mapped))) == ("written", [number])


def test_nothing_is_exported_while_the_share_is_gone(mapped: Home) -> None:
    """It would be lost, and the files on the share would count as taken."""
    first, second = buy(mapped), buy(mapped)
    fetch(mapped)
    outbox(mapped).rename(mapped.folder / "away")
    ran = mapped.run("orders", "export", first)
    assert (ran.code, "is gone, with 2 order files in it" in ran.err) == (1, True)
    (mapped.folder / "away").rename(outbox(mapped))
    assert fetch(mapped).code == 0
    assert [phase(mapped, number) for number in (first, second)] == ["written", "written"]


def test_a_used_folder_that_is_gone_is_not_made_again(mapped: Home) -> None:
    """Also where it was empty: what is written below an unmounted share is never found."""
    mapped.edit_object("[clients]", '[orders]\noutbox = "share"\n\n[clients]')
    first = buy(mapped)
    fetch(mapped)
    assert take(mapped.shop / "share") == [first]
    fetch(mapped)
    (mapped.shop / "share").rmdir()
    second = buy(mapped)
    ran = fetch(mapped)
    assert (ran.code, "share` is gone" in ran.out) == (8, True)
    assert f"! order {second}: its file for Torgsoft is still to be written" in ran.lines
    assert not (mapped.shop / "share").exists()
    (mapped.shop / "share").mkdir()
    assert fetch(mapped).code == 0
    assert take(mapped.shop / "share") == [second]


def test_a_share_that_is_not_mounted(mapped: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The empty folder below it is on the disk of the home: nothing was taken, and nothing is written."""
    mapped.edit_object("[clients]", '[orders]\noutbox = "share"\n\n[clients]')
    number = buy(mapped)
    with monkeypatch.context() as mounted:
        mounted.setattr(FolderPlace, "on_other_disk", lambda _self, _home: True)
        fetch(mapped)
    lying = mapped.shop / "share" / f"order-{number}.json"
    content = lying.read_bytes()
    lying.unlink()
    later = buy(mapped)
    ran = fetch(mapped)
    assert (ran.code, "share` is not mounted, with 1 order file in it" in ran.out) == (8, True)
    assert (phase(mapped, number), phase(mapped, later)) == ("written", None)
    assert not list((mapped.shop / "share").iterdir())
    lying.write_bytes(content)
    with monkeypatch.context() as mounted:
        mounted.setattr(FolderPlace, "on_other_disk", lambda _self, _home: True)
        assert fetch(mapped).code == 0
    assert sorted(take(mapped.shop / "share")) == sorted([number, later])


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
    """Its files count as not taken, and a person learns where to look."""
    number = buy(mapped)
    fetch(mapped)
    shutil.rmtree(outbox(mapped))
    mapped.edit_object("[clients]", '[orders]\noutbox = "new"\n\n[clients]')
    ran = fetch(mapped)
    assert "! 1 order file may still be in the old outbox" in ran.out
    assert phase(mapped, number) == "written"


def test_a_file_that_exists_already(mapped: Home) -> None:
    """After a lost state the file is left as it is and counts as written; an older one is replaced."""
    numbers = [buy(mapped), buy(mapped)]
    fetch(mapped)
    paths = [outbox(mapped) / f"order-{number}.json" for number in numbers]
    contents = [path.read_bytes() for path in paths]
    for path in mapped.folder.glob("state.db*"):
        path.unlink()
    paths[1].write_bytes(contents[1].replace("Вигадана".encode(), "Стара".encode()))
    before = paths[0].stat().st_mtime_ns
    fetch(mapped)
    assert [path.read_bytes() for path in paths] == contents
    assert paths[0].stat().st_mtime_ns == before
    assert {phase(mapped, number) for number in numbers} == {"written"}
    assert sorted(outbox(mapped).iterdir()) == sorted(paths)


RESTS = [b"", b'{\n  "Client": {\n    "Na', b"\0" * 40, b"[]", b'{"Options": []}']


@pytest.mark.parametrize(
    ("rest", "known"), sampled(product(RESTS, (False, True)), (b"", False), (b"[]", True))
)
def test_a_truncated_file_that_exists_already(mapped: Home, rest: bytes, known: bool) -> None:
    """After a power cut a truncated file is written again, and is then taken once."""
    number = buy(mapped)
    path = outbox(mapped) / f"order-{number}.json"
    if known:
        fetch(mapped)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(rest)
    ran = fetch(mapped)
    message = f"! order {number}: its file in the outbox was empty or incomplete: it was written again"
    assert (ran.code, message in ran.lines, phase(mapped, number)) == (0, known, "written")
    assert [one.name for one in outbox(mapped).iterdir()] == [path.name]
    assert take(outbox(mapped)) == [number]
    fetch(mapped)
    assert phase(mapped, number) == "taken"


# An order changes while its file is in the outbox


def move(home: Home, number: str, address: str = "Київ") -> None:
    """Change the delivery address of an order."""
    sandbox_server = home.sandbox
    with sandbox_server.lock:
        order = sandbox_server.order(int(number))
        changed = replace(order, delivery_address=address, date_modified=sandbox_server.now())
        sandbox_server.orders.replace(changed)


def address_in(path: Path) -> str:
    """Return the delivery address in an order file."""
    address: str = json.loads(path.read_bytes())["Options"]["DeliveryAddress"]
    return address


def test_a_file_follows_its_order_until_torgsoft_takes_it(mapped: Home) -> None:
    """The file has the newest version under the same name; a change outside the file writes nothing."""
    number = buy(mapped)
    (outbox(mapped) / "a folder of another program").mkdir(parents=True)
    fetch(mapped)
    (outbox(mapped) / "a folder of another program").rmdir()
    path = outbox(mapped) / f"order-{number}.json"
    move(mapped, number)
    ran = fetch(mapped)
    message = f"! order {number}: it changed before Torgsoft took its file: the file was written again"
    assert (ran.code, message in ran.lines, address_in(path)) == (0, True, "Київ")
    assert [one.name for one in outbox(mapped).iterdir()] == [path.name]
    before = path.stat().st_mtime_ns
    mapped.sandbox.set_order_status(int(number), "received")
    assert message not in fetch(mapped).lines
    assert path.stat().st_mtime_ns == before
    assert take(outbox(mapped)) == [number]
    assert fetch(mapped).code == 0
    assert phase(mapped, number) == "taken"


@pytest.mark.parametrize("step", sampled(["put", "read", "sizes"], "put"))
def test_a_file_that_is_taken_while_it_is_replaced(
    mapped: Home, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At any of the steps: Torgsoft gets no second file, and the change is reported."""
    number = buy(mapped)
    fetch(mapped)
    move(mapped, number)
    real: Callable[..., Any] = getattr(FolderPlace, step)

    def taken(self: FolderPlace, *args: Any) -> Any:  # noqa: ANN401
        if step == "read":
            take(outbox(mapped))
        done = real(self, *args)
        take(outbox(mapped))
        return done

    with monkeypatch.context() as patched:
        patched.setattr(FolderPlace, step, taken)
        ran = fetch(mapped)
    assert (ran.code, list(outbox(mapped).iterdir())) == (8, [])
    assert f"! order {number}: it was changed (delivery)" in ran.out
    assert phase(mapped, number) == "taken"


@pytest.mark.parametrize(
    ("step", "when", "taken"),
    sampled(
        product((*WRITING, "hide", "remove"), WHENS, (False, True)),
        ("hide", "after", False),
        ("publish", "after", True),
    ),
)
def test_a_kill_while_a_file_is_replaced(
    mapped: Home, step: str, when: str, taken: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every order is taken once and complete, its newest version or an older one that is reported."""
    numbers = [buy(mapped) for _ in range(3)]
    fetch(mapped)
    for number in numbers:
        move(mapped, number)
    with monkeypatch.context() as patched:
        kill_at(step, when, patched)
        with pytest.raises(Killed):
            fetch(mapped)
    mapped.orphan_leases()
    got: dict[str, str] = {}

    def torgsoft_takes() -> None:
        for path in sorted(outbox(mapped).glob("*.json")):
            assert path.stem.removeprefix("order-") not in got
            got[path.stem.removeprefix("order-")] = address_in(path)
            path.unlink()

    if taken:
        torgsoft_takes()
    output = fetch(mapped).out
    torgsoft_takes()
    output += fetch(mapped).out
    assert sorted(got) == sorted(numbers)
    for number, address in got.items():
        assert (address != "Київ") == (f"order {number}: it was changed (delivery)" in output)
    assert {phase(mapped, number) for number in numbers} == {"taken"}
    assert not list(outbox(mapped).iterdir())


def test_a_kill_while_a_store_hides_by_copying(mapped: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store that cannot rename was stopped between copy and removal: the file is still there, once."""
    number = buy(mapped)
    fetch(mapped)
    move(mapped, number)
    path = outbox(mapped) / f"order-{number}.json"
    with monkeypatch.context() as patched:

        def copied(_self: FolderPlace, name: str) -> bool:
            shutil.copyfile(path, path.with_name(f"{name}{HIDDEN}"))
            raise Killed

        patched.setattr(FolderPlace, "hide", copied)
        with pytest.raises(Killed):
            fetch(mapped)
    mapped.orphan_leases()
    assert fetch(mapped).code == 0
    assert ([one.name for one in outbox(mapped).iterdir()], address_in(path)) == ([path.name], "Київ")


def test_a_kill_before_the_file_of_a_cancelled_order(mapped: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file was not published, and never is."""
    number = buy(mapped)
    with monkeypatch.context() as patched:
        patched.setattr(FolderPlace, "publish", raises_killed)
        with pytest.raises(Killed):
            fetch(mapped)
    mapped.orphan_leases()
    mapped.sandbox.cancel_order(int(number))
    assert fetch(mapped).code == 0
    assert (phase(mapped, number), list(outbox(mapped).iterdir())) == ("withdrawn", [])


def raises_killed(_self: FolderPlace, _name: str) -> None:
    raise Killed


WITHDRAWING = ("hide", "make_durable", "mark_withdrawn", "remove")


@pytest.mark.parametrize(("step", "when"), sampled(product(WITHDRAWING, WHENS), ("mark_withdrawn", "after")))
def test_a_kill_while_files_are_withdrawn(
    mapped: Home, step: str, when: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Torgsoft gets none of them, nothing is left, and no person needs to act."""
    numbers = [buy(mapped) for _ in range(3)]
    fetch(mapped)
    for number in numbers:
        mapped.sandbox.cancel_order(int(number))
    with monkeypatch.context() as patched:
        kill_at(step, when, patched)
        with pytest.raises(Killed):
            fetch(mapped)
    mapped.orphan_leases()
    later = buy(mapped)
    assert fetch(mapped).code == 0
    assert {phase(mapped, number) for number in numbers} == {"withdrawn"}
    assert [path.name for path in outbox(mapped).iterdir()] == [f"order-{later}.json"]


def test_an_order_cancelled_while_it_is_taken(mapped: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """Torgsoft takes the file between check and withdrawal, so its reserve must be released."""
    number = buy(mapped)
    fetch(mapped)
    mapped.sandbox.cancel_order(int(number))
    real = FolderPlace.hide

    def taken(self: FolderPlace, name: str) -> bool:
        take(outbox(mapped))
        return real(self, name)

    with monkeypatch.context() as patched:
        patched.setattr(FolderPlace, "hide", taken)
        ran = fetch(mapped)
    assert (ran.code, f"! order {number}: it was canceled: release its reserve" in ran.out) == (8, True)
    assert phase(mapped, number) == "taken"


def test_an_order_that_changes_into_one_that_must_wait(mapped: Home) -> None:
    """With a good unknown to Torgsoft its file is withdrawn, and the order waits for a person."""
    numbers = [buy(mapped), buy(mapped)]
    fetch(mapped)
    foreign = mapped.sandbox.add_product(None, name="Чуже", price=Decimal(10))
    other = mapped.sandbox.order(mapped.sandbox.place_order([(foreign, 1)], buyer=OLENA))
    for number in numbers:
        order = mapped.sandbox.order(int(number))
        with mapped.sandbox.lock:
            changed = replace(order, lines=other.lines, date_modified=mapped.sandbox.now())
            mapped.sandbox.orders.replace(changed)
    (outbox(mapped) / f"order-{numbers[1]}.json").unlink()
    ran = fetch(mapped)
    assert (ran.code, list(outbox(mapped).iterdir())) == (8, [])
    assert f"! order {numbers[0]}: it waits for a person now: its file was removed" in ran.out
    assert f"! order {numbers[0]}: `Чуже` has no id of the accounting program" in ran.lines
    assert (
        f"! order {numbers[1]}: it was changed (items, total): change it in Torgsoft by hand too" in ran.lines
    )
    assert [phase(mapped, number) for number in numbers] == [None, "taken"]


def test_orders_of_an_earlier_day(mapped: Home) -> None:
    """They are kept with their payments, get no file and need no person."""
    mapped.edit_object("[clients]", '[orders]\nsince = "2999-01-01"\n\n[clients]')
    number = buy(mapped)
    ran = mapped.run("orders", "fetch", "--format", "json")
    assert (ran.code, ran.json["orders"]["held"], ran.json["orders"]["files"]) == (0, 0, 0)
    assert phase(mapped, number) is None
    assert mapped.run("orders", "list").lines[-1].endswith("2999-01-01")
    assert mapped.run("orders", "list", "--held").err == "no order needs you\n"
    (account,) = mapped.run("payments", "report", "--format", "json").json["accounts"]
    assert account["expected"] == "1713.00"


# A server


@pytest.fixture
def ftp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FtpPlace]:
    """An FTP server of a hosting provider."""
    with ftp_server(tmp_path_factory.mktemp("ftp")) as place:
        yield place


def test_an_outbox_on_a_server(mapped: Home, ftp: FtpPlace) -> None:
    """Files are written and taken as in a folder; the password is only in its own file."""
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
    mapped.sandbox.cancel_order(int(number))
    fetch(mapped)
    assert not list((ftp.folder / "in").iterdir())
    (mapped.shop / "ftp-password").unlink()
    assert PASSWORD.encode() not in mapped.everything_written()


def test_a_server_that_refuses_the_login(mapped: Home, ftp: FtpPlace) -> None:
    """Orders are stored and goods are sent; a later run writes the files."""
    (mapped.shop / "ftp-password").write_text("wr0ng-invented")
    mapped.edit_object(
        "[clients]",
        f'[orders]\noutbox = "{ftp.url}in"\noutbox_password = {{ file = "ftp-password" }}\n\n[clients]',
    )
    number = buy(mapped)
    mapped.next_day()
    found = mapped.run("orders", "fetch", "--format", "json").json
    assert (found["error"]["kind"], found["exit"]) == ("temporary", 5)
    assert [one["order"] for one in found["findings"]] == [None, number]
    ran = mapped.run("sync", "--yes")
    assert (ran.code, "the user or the password (530)" in " ".join(ran.err.split()), "wr0ng" in ran.err) == (
        5,
        True,
        False,
    )
    assert (
        "Done: 14 changes are on Prom.ua (" in ran.out
    )  # the thirteen changes of the day, and the stock of what was bought
    assert phase(mapped, number) is None
    (mapped.shop / "ftp-password").write_text(PASSWORD)
    assert fetch(mapped).code == 0
    assert take(ftp.folder / "in") == [number]


def test_a_password_that_is_not_to_be_had(mapped: Home) -> None:
    """The mistake is reported with its place in the sync object."""
    mapped.edit_object(
        "[clients]", '[orders]\noutbox = "ftp://h/in"\noutbox_password = { env = "NOT_SET" }\n\n[clients]'
    )
    buy(mapped)
    ran = fetch(mapped)
    assert (ran.code, "the environment variable `NOT_SET` is not set" in ran.err) == (3, True)


# Checks before a run


def about(ran: Ran, subject: str) -> list[tuple[str, str, str]]:
    """Return state, message and cure of every line of a check about a subject."""
    return [
        (row["state"], row["message"], row["hint"] or "")
        for row in ran.json["checks"]
        if row["subject"] == subject
    ]


def test_whether_files_can_be_written_is_checked_beforehand(mapped: Home) -> None:
    """By a check and by the doctor; nothing is made, and no file is left behind."""
    for command in (("object", "check"), ("doctor",)):
        ran = mapped.run(*command, "--format", "json")
        assert (ran.code, about(ran, "outbox")) == (
            0,
            [("ok", "order files can be written to `outbox/my-prom` in the home folder", "")],
        )
        assert not outbox(mapped).exists()
    mapped.edit_object("[clients]", '[orders]\noutbox = "in"\n\n[clients]')
    ((state, message, hint),) = about(mapped.run("object", "check", "--format", "json"), "outbox")
    assert (state, message) == ("warning", f"there is no `{mapped.shop / 'in'}` yet")
    assert "check that the share is mounted" in hint
    (mapped.shop / "in").mkdir()
    ran = mapped.run("object", "check", "--format", "json")
    assert about(ran, "outbox") == [("ok", f"order files can be written to `{mapped.shop / 'in'}`", "")]
    assert not list((mapped.shop / "in").iterdir())
    (mapped.shop / "in").rmdir()
    (mapped.shop / "in").write_text("in the way")
    for command, code in ((("object", "check"), 0), (("doctor",), 8)):
        ran = mapped.run(*command, "--format", "json")
        ((state, message, _),) = about(ran, "outbox")
        assert (ran.code, state, "cannot be used: Not a directory" in message) == (code, "warning", True)


def test_a_server_is_tried_beforehand(mapped: Home, ftp: FtpPlace) -> None:
    """The doctor reports one that refuses the login as what it is: it may be tried again."""
    server = f'[orders]\noutbox = "{ftp.url}"\noutbox_password = {{ file = "ftp-password" }}\n\n[clients]'
    mapped.edit_object("[clients]", server)
    ran = mapped.run("object", "check", "--format", "json")
    unencrypted, (state, message, _) = about(ran, "outbox")
    assert (ran.code, state, "there is no password in" in message) == (3, "error", True)
    (mapped.shop / "ftp-password").write_text(PASSWORD)
    (mapped.shop / "ftp-password").chmod(0o600)
    ran = mapped.run("doctor", "--format", "json")
    written = ("ok", f"order files can be written to `{ftp.url}`", "")
    assert (ran.code, about(ran, "outbox")) == (0, [unencrypted, written])
    assert not list(ftp.folder.iterdir())
    (mapped.shop / "ftp-password").write_text("wr0ng-invented")
    assert mapped.run("doctor").code == 5


def test_a_password_in_the_address_is_warned_about(mapped: Home, ftp: FtpPlace) -> None:
    """There is a key for it; until it is used, no command prints it."""
    address = ftp.url.replace("torgsoft@", f"torgsoft:{PASSWORD}@")
    assert PASSWORD in address
    mapped.edit_object("[clients]", f'[orders]\noutbox = "{address}"\n\n[clients]')
    ran = mapped.run("object", "check", "--format", "json")
    _unencrypted, warned, written = about(ran, "outbox")
    assert (warned[0], "password is in the sync object's file" in warned[1]) == ("warning", True)
    assert "outbox_password" in warned[2]
    assert (written[0], PASSWORD in ran.out) == ("ok", False)
    for form in ("table", "json", "toml", "csv"):
        assert PASSWORD not in mapped.run("object", "show", "--format", form).out


def test_two_objects_that_open_one_shop_are_reported(mapped: Home) -> None:
    """By the same token, or by the same orders: Torgsoft would get a file of each order twice."""
    other = mapped.second_object("Second", "second.toml")
    message = "`Second` opens the same shop: with both, Torgsoft gets the file of each order twice"
    hint = "let only one of them fetch orders; sync the other one with: torgsync sync --only goods -o Second"
    for command in (("object", "check", "my-prom"), ("doctor", "-o", "my-prom")):
        assert about(mapped.run(*command, "--format", "json"), "orders") == [("warning", message, hint)]
    buy(mapped)
    mapped.run("orders", "fetch", "-o", "my-prom")
    other.write_text(other.read_text("utf-8").replace('file = "token"', 'file = "token-2"'), "utf-8")
    assert about(mapped.run("object", "check", "my-prom", "--format", "json"), "orders") == []
    (mapped.shop / "token-2").write_text("read-only")
    mapped.run("orders", "fetch", "-o", "second")
    ((_, message, _),) = about(mapped.run("doctor", "-o", "my-prom", "--format", "json"), "orders")
    assert "`second` opens the same shop" in message
    other.write_text("name = ", "utf-8")
    assert about(mapped.run("object", "check", "my-prom", "--format", "json"), "orders") == []


def test_orders_that_wait_for_a_person_are_reported_by_the_doctor(mapped: Home) -> None:
    """With the command that lists them."""
    number = buy(mapped)
    fetch(mapped)
    take(outbox(mapped))
    mapped.sandbox.cancel_order(int(number))
    fetch(mapped)
    assert about(mapped.run("doctor", "--format", "json"), "orders") == [
        ("warning", "1 order waits for you", 'torgsync orders list --held -o "My Prom"')
    ]


# Export on demand


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
    """A good that Torgsoft does not know is in the comment; the export was a decision."""
    foreign = mapped.sandbox.add_product(None, name="Щось [/b]", price=Decimal(5))
    number = str(mapped.sandbox.place_order([("26901", 1), (foreign, 1)], buyer=OLENA))
    assert fetch(mapped).code == 8
    assert [
        order["id"] for order in mapped.run("orders", "list", "--held", "--format", "json").json["orders"]
    ] == [number]
    ran = mapped.run("orders", "export", number)
    message = f"! order {number}: `Щось [/b]` has no id of the accounting program"
    assert (ran.code, ran.lines, message in ran.err) == (8, [f"order-{number}.json"], True)
    document = json.loads((outbox(mapped) / f"order-{number}.json").read_bytes())
    assert len(document["Goods"]) == 1
    assert "невідомий товар: Щось [/b] x 1 по 5" in document["Options"]["Comment"]
    assert mapped.run("orders", "list", "--held").err == "no order needs you\n"


def test_orders_are_exported_as_csv(mapped: Home, tmp_path: Path) -> None:
    """One file an order, in any folder; the outbox does not count them."""
    numbers = sorted(buy(mapped) for _ in range(2))
    fetch(mapped)
    take(outbox(mapped))
    ran = mapped.run("orders", "export", "--all", "--format", "csv", "--to-folder", str(tmp_path / "csv"))
    assert sorted(ran.lines) == [f"order-{number}.csv" for number in numbers]
    assert sorted(path.name for path in (tmp_path / "csv").iterdir()) == sorted(ran.lines)
    assert not list(tmp_path.glob(f"csv/*{UNFINISHED}"))
    fetch(mapped)
    assert phase(mapped, numbers[0]) == "taken"


def test_a_csv_never_goes_into_the_outbox(mapped: Home) -> None:
    """Without a folder it is printed, one header for all; the outbox as a folder is refused by any name."""
    numbers = [buy(mapped) for _ in range(2)]
    fetch(mapped)
    lying = sorted(outbox(mapped).iterdir())
    ran = mapped.run("orders", "export", "--all", "--format", "csv")
    assert (ran.code, [line.split(";")[0] for line in ran.lines]) == (0, ["order", *reversed(numbers)])
    nothing = mapped.run("orders", "export", "--to", "01.01.2020", "--format", "csv")
    assert nothing.lines == ran.lines[:1]
    mapped.edit_object("[clients]", '[orders]\noutbox = "in"\n\n[clients]')
    for folder in (outbox(mapped), mapped.shop / "in", mapped.shop / "photos" / ".." / "in"):
        refused = mapped.run("orders", "export", numbers[0], "--format", "csv", "--to-folder", str(folder))
        assert (
            refused.code,
            "is the outbox; Torgsoft would read a CSV there as an order" in refused.err,
        ) == (
            64,
            True,
        )
    assert sorted(outbox(mapped).iterdir()) == lying
    assert not (mapped.shop / "in").exists()
    mapped.run("orders", "export", numbers[0], "--to-folder", str(mapped.shop / "in"))
    assert take(mapped.shop / "in") == [numbers[0]]
    fetch(mapped)
    assert phase(mapped, numbers[0]) == "taken"


def test_orders_are_chosen_by_day_and_status(mapped: Home, tmp_path: Path) -> None:
    """Cancelled orders are left out where Torgsoft would reserve their goods."""
    kept, gone = buy(mapped), buy(mapped)
    mapped.sandbox.cancel_order(int(gone))
    fetch(mapped)
    every = mapped.run("orders", "export", "--all")
    assert every.lines == [f"order-{kept}.json"]
    assert "1 order left out: cancelled, refunded, empty, or its buyer was forgotten" in every.err
    assert mapped.run("orders", "export", "--status", "pending").lines == [f"order-{kept}.json"]
    everything = mapped.run("orders", "export", "--all", "--to-folder", str(tmp_path / "all"))
    assert len(everything.lines) == 2
    assert mapped.run("orders", "export", "--to", "2020-01-01").out == ""


def test_what_cannot_be_exported_is_refused(mapped: Home) -> None:
    """Exit 64, with a sentence; nothing is written."""
    for words, message in (
        ("export", "name orders, or choose them with"),
        ("export 1 --all", "name orders, or choose them with"),
        ("export 1 2", "there is no order 1, 2"),
        ("export --all --format table", "orders are exported as `json` or `csv`"),
        (
            "export --from 2026-03-02 --to 2026-03-01",
            "the first day, 2026-03-02, is after the last, 2026-03-01",
        ),
        ("list --from yesterday", "yesterday"),
        ("show 1", "there is no order 1"),
    ):
        ran = mapped.run("orders", *words.split())
        assert (words, ran.code, message in ran.err) == (words, 64, True)
    assert not outbox(mapped).exists()


def test_a_cancelled_order_is_not_exported_to_torgsoft(mapped: Home, tmp_path: Path) -> None:
    """It would reserve goods; elsewhere it may be written."""
    number = buy(mapped)
    mapped.sandbox.cancel_order(int(number))
    fetch(mapped)
    ran = mapped.run("orders", "export", number)
    assert (ran.code, "is no longer a sale" in ran.err) == (64, True)
    assert mapped.run("orders", "export", number, "--to-folder", str(tmp_path / "x")).code == 0
