"""`torgsync sandbox compare FILE`: how what was recorded differs from the sandbox."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from homes import FirstDay, Home, SandboxAddress, invented_shop
from stamina import set_testing

from torgsync.core.recording.exchange import Exchange, first_line, line_of
from torgsync.files.recording.recording_file import load_recording
from torgsync.sandbox.server import serve
from torgsync.sandbox.shop.orders import CASH_ON_DELIVERY

Line = dict[str, Any]
Plant = Callable[[list[Line]], object]
AT_ONCE = ("--import-seconds", "0")
"""The recorded sandbox's imports are done at once."""


@pytest.fixture(scope="session")
def recorded(tmp_path_factory: pytest.TempPathFactory, mapped_day: FirstDay) -> dict[str, list[Line]]:
    """The lines of two recordings: a second day with an import, edits and orders, and a look at rights."""
    folder = tmp_path_factory.mktemp("recorded")
    with serve(invented_shop()) as server, set_testing(True):
        home = mapped_day.again(folder, server)
        server.shop.place_order([("26901", 1), ("26902", 2)], client_notes="подзвоніть після 18")
        server.shop.place_order([("26903", 1)], payment_option_id=CASH_ON_DELIVERY.id, paid=True)
        home.next_day()
        assert home.sync("--record", str(folder / "day")).code == 0
        assert home.run("doctor", "--record", str(folder / "look")).code == 0
    names = ("day", "look")
    return {name: [json.loads(line) for line in (folder / name).read_text().splitlines()] for name in names}


@pytest.fixture
def place(tmp_path: Path, sandbox_server: SandboxAddress) -> Home:
    """A home to run the comparison in."""
    return Home(tmp_path / "home", tmp_path, sandbox_server)


def compare(place: Home, lines: list[Line], *args: str) -> list[Line]:
    """Compare these lines, and return the differences."""
    file = place.shop / "lines.jsonl"
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    ran = place.run("sandbox", "compare", str(file), *AT_ONCE, "--format", "json", *args)
    assert ran.code == 0
    found: list[Line] = ran.json["differences"]
    return found


def test_the_sandbox_itself(place: Home, recorded: dict[str, list[Line]]) -> None:
    """A recording of the sandbox shows no difference; with another quirk or a fault it does."""
    day, look = recorded["day"], recorded["look"]
    assert compare(place, day) == compare(place, look) == []
    (ended,) = compare(place, day, "--import-seconds", "600")
    assert (ended["kind"], ended["where"], ended["sandbox"]) == ("timing", "import", "600")
    (slow,) = compare(place, day, "--fault", "GET orders/list slow seconds=9")
    assert (slow["kind"], slow["where"], slow["sandbox"]) == ("timing", "", "9.0")
    assert compare(place, day, "--fault", "GET products/list cut nth=1")[0]["sandbox"] == "no-answer"
    status = compare(place, look, "--fault", "GET groups/list 429 nth=1 retry_after=3")[0]
    assert (status["kind"], status["recorded"], status["sandbox"]) == ("status", "200", "429")
    assert compare(place, day, "--manner", "report_unchanged=true") == []


def test_orders_alone(hard_filled: Home, place: Home, tmp_path: Path) -> None:
    """A recording of orders and what is written to their buyers shows no difference of its own."""
    hard_filled.edit_object("[clients]", "[orders]\n\n[clients]")
    order = hard_filled.sandbox.place_order([("26901", 1), ("26902", 2)])
    orders, shipped = tmp_path / "orders.jsonl", tmp_path / "shipped.jsonl"
    assert hard_filled.sync("--only", "orders", "--record", str(orders)).code in {0, 8}
    parcel = ("--parcel", "20450000000001", "--message", "ТТН {parcel}")
    assert hard_filled.run("orders", "ship", str(order), *parcel, "--record", str(shipped)).code == 0
    assert "/chat/send_order_context" in shipped.read_text("utf-8")
    for file in (orders, shipped):
        ran = place.run("sandbox", "compare", str(file), "--format", "json")
        assert (ran.code, ran.json["differences"]) == (0, []), file


def first(lines: list[Line], path: str, method: str = "GET") -> Line:
    """Return the first exchange of a call."""
    call = (method, path)
    return next(line for line in lines[1:] if (line["request"]["method"], line["request"]["path"]) == call)


def said(lines: list[Line], path: str, method: str = "GET") -> Any:  # noqa: ANN401  # JSON may be anything
    """Return the JSON of its answer."""
    return first(lines, path, method)["answer"]["body"]["json"]


EDIT = "/products/edit_by_external_id"
IMPORT = "/products/import_file"
ZEROS = dict.fromkeys(("total", "created", "updated", "not_changed", "imported"), 0)


def longer_import(lines: list[Line]) -> None:
    """Let the import end between five and ten minutes after it was sent."""
    started = lines.index(first(lines, IMPORT, "POST"))
    early = json.loads(json.dumps(lines[started + 1]))
    early["answer"]["body"]["json"] |= ZEROS
    lines.insert(started + 1, early)
    sent = datetime.fromisoformat(lines[started]["at"])
    for minutes, line in enumerate(lines[started + 1 :], 1):
        line["at"] = (sent + timedelta(minutes=5 * minutes)).isoformat()


def on(path: str, method: str = "GET") -> Callable[..., Plant]:
    """Return what changes the answer to a call."""

    def change(*, answered: bool = True, **change: object) -> Plant:
        def plant(lines: list[Line]) -> None:
            line = first(lines, path, method)
            line["answer"] = line["answer"] | change if answered else None

        return plant

    return change


def turned_round(lines: list[Line]) -> None:
    """List the oldest order first."""
    said(lines, ORDERS)["orders"].reverse()


def edited(change: Callable[[Any], object]) -> Plant:
    """Return what changes the answer to the first edit."""
    return lambda lines: change(said(lines, EDIT, "POST"))


def within(path: str, key: str, place: int, name: str, value: object = None) -> Plant:
    """Return what sets one key of one item of a list; without a value it removes it."""

    def plant(lines: list[Line]) -> None:
        item = said(lines, path)[key][place]
        item.pop(name, None)
        if value is not None:
            item[name] = None if value == "null" else value

    return plant


ORDERS = "/orders/list"
PRODUCTS = "/products/list"
PLANTED: list[tuple[Plant, tuple[str, str, str, str]]] = [
    (on(ORDERS)(status=201), ("status", "", "201", "200")),
    (on(IMPORT, "POST")(status=400), ("status", "", "400", "200")),
    (on(EDIT, "POST")(status=503), ("status", "", "503", "not-asked")),
    (on(ORDERS)(answered=False), ("status", "", "no-answer", "200")),
    (on(ORDERS)(headers=[]), ("headers", "Content-Type", "missing", "application/json")),
    (on(ORDERS)(body={"kind": "page", "text": ""}), ("types", "", "page", "json")),
    (within(PRODUCTS, "products", 3, "sku"), ("keys", "products[].sku", "missing", "present")),
    (within(ORDERS, "orders", 0, "labels", []), ("keys", "orders[].labels", "present", "missing")),
    (within(PRODUCTS, "products", 0, "prices", 5), ("types", "products[].prices", "integer", "list")),
    (within(PRODUCTS, "products", 1, "id", "1600000040"), ("types", "products[].id", "text", "integer")),
    (within(ORDERS, "orders", 1, "phone", 7), ("types", "orders[].phone", "integer", "text")),
    (within(ORDERS, "orders", 1, "products", "null"), ("types", "orders[].products", "null", "list")),
    (within(ORDERS, "orders", 1, "price", "9.00"), ("types", "orders[].price", "decimal text", "money")),
    (edited(lambda json: json.update(errors=[])), ("types", "errors", "list", "object")),
    (edited(lambda json: json["processed_ids"].pop()), ("items", "processed_ids[]", "missing", "present")),
    (turned_round, ("order", "orders[]", "same-items", "other-order")),
    (on(ORDERS)(seconds=7.5), ("timing", "", "7.5", "0.0")),
    (longer_import, ("timing", "import", "300.0-600.0", "0")),
]  # fmt: skip


@pytest.mark.parametrize(("plant", "expected"), PLANTED)
def test_planted_differences(
    place: Home, recorded: dict[str, list[Line]], plant: Plant, expected: tuple[str, ...]
) -> None:
    """Each is found by its kind and place, and little else is reported for it."""
    lines = json.loads(json.dumps(recorded["day"]))
    plant(lines)
    found = compare(place, lines)
    shown = [(item["kind"], item["where"], item["recorded"], item["sandbox"].split(" ")[0]) for item in found]
    assert expected in shown
    assert len(shown) <= 4, shown


def test_for_people(place: Home, recorded: dict[str, list[Line]]) -> None:
    """Differences are below their call, and the last line counts them; an exit code may say so too."""
    lines = json.loads(json.dumps(recorded["day"]))
    for plant, _ in PLANTED[6:9]:
        plant(lines)
    compare(place, lines)
    file = str(place.shop / "lines.jsonl")
    ran = place.run("sandbox", "compare", file, *AT_ONCE, "--detailed-exitcode")
    assert (ran.code, ran.err) == (2, "")
    assert ran.lines[:3] == [
        "GET /orders/list",
        "  keys: `orders[].labels` (1 answer, first in request 2)",
        "    recorded: present; sandbox: missing",
    ]
    assert ran.lines[-1] == f"3 differences in {len(lines) - 1} requests"
    assert max(map(len, ran.lines)) <= 80
    csv = place.run("sandbox", "compare", file, *AT_ONCE, "--format", "csv")
    assert csv.lines[0] == "kind,call,where,recorded,sandbox,count,first"
    compare(place, lines[:1])
    ran = place.run("sandbox", "compare", file, "--detailed-exitcode")
    words = f"the recording `{file}` has no request, so nothing was compared"
    assert (ran.code, " ".join(ran.lines)) == (0, words)


@pytest.mark.parametrize(
    ("content", "shown"),
    [
        (None, "there is no recording"),
        (b"", "the file is empty"),
        (b"\xff", "cannot be read as a recording"),
        (b"Dear Olena\n", "line 1  this is not one line of JSON"),
        (b'{"torgsync_recording": 1}\n{}\n[]\n', "2 mistakes in `a.jsonl`"),
    ],
)
def test_files_that_are_no_recordings(place: Home, tmp_path: Path, content: bytes | None, shown: str) -> None:
    """Every mistake is reported with its line, and how a recording is made."""
    if content is not None:
        (tmp_path / "a.jsonl").write_bytes(content)
    ran = place.run("sandbox", "compare", str(tmp_path / "a.jsonl"))
    assert (ran.code, ran.out) == (64, "")
    assert shown in ran.err
    assert ran.err.endswith("hint: `torgsync --record FILE COMMAND` makes one\n")


def test_signs_that_end_a_line_elsewhere(tmp_path: Path) -> None:
    """A text with such a sign is part of its line."""
    exchange = Exchange(
        number=1, at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC), method="GET", path="/a\u2028\x85"
    )
    (tmp_path / "a").write_text(first_line("1.0") + line_of(exchange), "utf-8")
    assert load_recording(tmp_path / "a").exchanges == (exchange,)


def test_options_of_the_sandbox(place: Home) -> None:
    """Before the subcommand they would have no effect, so they are refused there."""
    ran = place.run("sandbox", "--manner", "last_id=inclusive", "compare", "a.jsonl")
    assert (ran.code, ran.out) == (64, "")
    assert ran.err.startswith("error: `--manner` before `compare` has no effect\n")
    ran = place.run("sandbox", "compare", "a.jsonl", "--manner", "last_id=both")
    assert ran.code == 64
    assert "there is no recording `a.jsonl`" in ran.err  # the file is read first
