"""`torgsync payments`: Prom's payment methods in the sync object, and where their money lands."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from faulty import FaultyServer, says
from homes import Home
from pasted import pasted, printed_commands

from torgsync.cli.base.program import Program
from torgsync.core.clock import SHOP_ZONE

ACCOUNT = "UA213223130000026007233566001"


def test_fetched_methods_are_in_the_file(home: Home) -> None:
    """Every method of the shop is added unmapped, and every comment is kept."""
    before = home.object.read_text("utf-8")
    fetched = home.run("payments", "fetch")
    assert (fetched.code, fetched.out) == (0, "")
    assert fetched.err == (
        "3 payment methods on Prom.ua, 3 new in `my-prom.toml`\n"
        "no cash register or account chosen yet for:\n"
        '  torgsync payments map Пром-оплата --cash-register "REGISTER NAME" -o "My Prom"\n'
        '  torgsync payments map "Накладений платіж" --cash-register "REGISTER NAME" -o "My Prom"\n'
        '  torgsync payments map "Оплата на карту" --cash-register "REGISTER NAME" -o "My Prom"\n'
    )
    after = home.object.read_text("utf-8")
    assert after.startswith(before)
    assert (
        after.removeprefix(before).split()
        == (
            '[[payment_methods]] id = 9000001 name = "Пром-оплата" '
            '[[payment_methods]] id = 9000002 name = "Накладений платіж" '
            '[[payment_methods]] id = 9000003 name = "Оплата на карту"'
        ).split()
    )
    assert home.writes() == []


NAMES = {
    9000001: 'Наложенный платеж "Нова Пошта"',
    9000002: "Готівка кур'єру за $HOME, `ls` \\ !1",
    9000003: "- Частинами",
}


def test_printed_commands_can_be_pasted(mapped: Home, tmp_path: Path) -> None:
    """Whatever a payment method and an object are called, a shell passes on the words that were meant."""
    mapped.object.write_text(mapped.object.read_text("utf-8").partition("[[payment_methods]]")[0], "utf-8")
    mapped.edit_object('name = "My Prom"', """name = 'Моя "Крамниця" $1'""")
    for method, name in NAMES.items():
        mapped.sandbox.add_payment_option(method, name)
        mapped.sandbox.place_order([("26901", 1)], payment_option_id=method)
    calls = (("payments", "fetch"), ("object", "check"), ("orders", "fetch"), ("payments", "report"))
    printed = [printed_commands(ran.out + ran.err) for ran in (mapped.run(*call) for call in calls)]
    hints = [line for lines in printed for line in lines if line.startswith("torgsync payments map")]
    assert (len(hints), len(set(hints))) == (10, 3)
    for words in pasted(hints, tmp_path).values():
        assert words is not None
        assert mapped.run(*words).code == 0
    methods = mapped.run("payments", "list", "--format", "json").json["payment_methods"]
    assert {method["name"]: method["cash_register"] for method in methods} == dict.fromkeys(
        NAMES.values(), "REGISTER NAME"
    )


def test_a_second_fetch_changes_nothing(home: Home) -> None:
    """What is known already is kept to the byte, mappings included."""
    home.run("payments", "fetch")
    home.run("payments", "map", "Пром-оплата", "--current-account", ACCOUNT)
    before = home.object.read_bytes()
    assert home.run("payments", "fetch").err == (
        "3 payment methods on Prom.ua, 0 new in `my-prom.toml`\n"
        "no cash register or account chosen yet for:\n"
        '  torgsync payments map "Накладений платіж" --cash-register "REGISTER NAME" -o "My Prom"\n'
        '  torgsync payments map "Оплата на карту" --cash-register "REGISTER NAME" -o "My Prom"\n'
    )
    assert home.object.read_bytes() == before


def test_methods_come_and_go(home: Home) -> None:
    """New methods are added, missing ones marked and kept, renamed ones renamed."""
    home.run("payments", "fetch")
    home.run("payments", "map", "9000003", "--cash-register", "Каса 2")
    with home.sandbox.lock:
        del home.sandbox.payment_options[9000003]
    home.sandbox.add_payment_option(9000001, "Карткою")
    home.sandbox.add_payment_option(9000004, "Частинами [/red]")
    fetched = home.run("payments", "fetch").err.splitlines()
    assert fetched[:3] == [
        "3 payment methods on Prom.ua, 1 new in `my-prom.toml`",
        "`Пром-оплата` is now called `Карткою`",
        "! `Оплата на карту` is no longer on Prom.ua; its mapping is kept",
    ]
    assert (
        fetched[-1]
        == '  torgsync payments map "Частинами [/red]" --cash-register "REGISTER NAME" -o "My Prom"'
    )
    listed = home.run("payments", "list", "--format", "json").json["payment_methods"]
    assert [(method["name"], method["gone"]) for method in listed] == [
        ("Карткою", False),
        ("Накладений платіж", False),
        ("Частинами [/red]", False),
        ("Оплата на карту", True),
    ]
    assert "Оплата на карту (gone from Prom.ua)" in " ".join(home.run("payments", "list").out.split())
    assert home.object.read_text("utf-8").count("gone = true") == 1
    home.sandbox.add_payment_option(9000003, "Оплата на карту")
    assert "any more" not in home.run("payments", "fetch").err
    assert "gone = true" not in home.object.read_text("utf-8")
    assert 'cash_register = "Каса 2"' in home.object.read_text("utf-8")


def test_two_methods_of_one_name(home: Home) -> None:
    """Neither is guessed: the ids are shown, and one of them maps its method."""
    home.sandbox.add_payment_option(9000004, "Пром-оплата")
    home.run("payments", "fetch")
    ran = home.run("payments", "map", "Пром-оплата", "--cash-register", "Каса 1")
    assert ran.code == 64
    assert "2 payment methods have the name `Пром-оплата`" in ran.err
    assert "hint: name one by its id: 9000001, 9000004" in ran.err
    assert home.run("payments", "map", "9000004", "--cash-register", "Каса 1").code == 0


def test_methods_in_brackets(home: Home) -> None:
    """A person who wrote them in one line keeps that line, and nothing in it is lost."""
    line = 'payment_methods = [{ id = 9000002, name = "Накладений платіж", cash_register = "Каса 1" }]'
    home.object.write_text(f"{line}\n{home.object.read_text('utf-8')}", "utf-8")
    assert home.run("payments", "fetch").code == 0
    assert home.run("payments", "map", "9000002", "--cash-register", "Каса 7").code == 0
    listed = home.run("payments", "list", "--format", "json").json["payment_methods"]
    assert [(method["id"], method["cash_register"]) for method in listed] == [
        ("9000001", None),
        ("9000003", None),
        ("9000002", "Каса 7"),
    ]
    first = home.object.read_text("utf-8").splitlines()[0]
    assert first.startswith(line.replace("Каса 1", "Каса 7")[:-1])


@pytest.mark.parametrize("wanted", ["Накладений платіж", "9000002"])
def test_a_method_is_mapped_by_name_or_id(home: Home, wanted: str) -> None:
    """The cash register or account is stored with the method; a second command replaces it."""
    home.run("payments", "fetch")
    mapped = home.run("payments", "map", wanted, "--cash-register", "Каса 1")
    assert (mapped.code, mapped.err) == (0, "`Накладений платіж` -> Каса 1\n")
    home.run("payments", "map", wanted, "--current-account", ACCOUNT)
    listed = home.run("payments", "list", "--format", "json").json
    assert listed["payment_methods"][-1] == {
        "id": "9000002",
        "name": "Накладений платіж",
        "cash_register": None,
        "current_account": ACCOUNT,
        "gone": False,
    }
    assert "Каса" not in home.object.read_text("utf-8").split("[[fields]]")[-1]


@pytest.mark.parametrize(
    ("given", "answers"),
    [
        ((), ["", "current_account", f"{ACCOUNT[:-1]}9", ACCOUNT]),
        ((), ["2", "<", "Пром-оплата", "<", "1", "current_account", ACCOUNT]),
        (("Пром-оплата",), ["<", "current_account", ACCOUNT]),
        (("--current-account", ACCOUNT), ["<", "1"]),
    ],
    ids=["all", "back", "place", "method"],
)
def test_a_person_is_asked_for_what_is_not_given(
    home: Home, monkeypatch: pytest.MonkeyPatch, given: tuple[str, ...], answers: list[str]
) -> None:
    """The method, its place, or both, from lists with a way back; those without a place come first."""
    home.run("payments", "fetch")
    monkeypatch.setattr(Program, "asks", True)
    asked = home.run("payments", "map", *given, stdin="".join(f"{answer}\n" for answer in answers))
    assert (asked.code, asked.err.endswith(f": `Пром-оплата` -> {ACCOUNT}\n")) == (0, True)
    before = home.object.read_text("utf-8")
    assert f'current_account = "{ACCOUNT}"' in before
    again = home.run("payments", "map", stdin="Оплата на карту\n")
    assert (again.code, "stopped by you; nothing was saved" in again.err) == (130, True)
    assert "current account `UA" in again.err
    left = home.run("payments", "map", "Пром-оплата", stdin="leave it as it is\n")
    assert (left.code, left.err.endswith(": nothing changed\n")) == (0, True)
    assert home.object.read_text("utf-8") == before


def test_comments_next_to_methods_stay(home: Home) -> None:
    """What a person wrote between and after methods survives a mapping."""
    head = home.object.read_text("utf-8")
    home.object.write_text(
        head
        + "\n[[payment_methods]]  # the one on the site\nid = 9000002   # from Prom\n"
        + 'name = "Накладений платіж"\ncash_register = "Каса 1" # the old one\n\n# the end\n',
        "utf-8",
    )
    added = home.object.read_text("utf-8").removeprefix(head)
    assert home.run("payments", "map", "9000002", "--cash-register", "Каса 7").code == 0
    assert home.object.read_text("utf-8") == head + added.replace("Каса 1", "Каса 7")


def test_an_account_is_checked(home: Home) -> None:
    """A mistyped IBAN gets no money; written with blanks it is the same account, and a name is a name."""
    home.run("payments", "fetch")
    before = home.object.read_bytes()
    wrong = home.run("payments", "map", "Пром-оплата", "--current-account", ACCOUNT[:-1] + "9")
    assert (wrong.code, "is not an IBAN: its digits do not fit together" in wrong.err) == (64, True)
    assert home.object.read_bytes() == before
    spaced = f"ua21 {ACCOUNT[4:]}"
    assert home.run("payments", "map", "Пром-оплата", "--current-account", spaced).code == 0
    assert f'current_account = "{ACCOUNT}"' in home.object.read_text("utf-8")
    assert home.run("payments", "map", "Пром-оплата", "--current-account", "Рахунок ФОП").code == 0
    assert 'current_account = "Рахунок ФОП"' in home.object.read_text("utf-8")


@pytest.mark.parametrize(
    "places", [(), ("--cash-register", "Каса 1", "--current-account", ACCOUNT)], ids=["neither", "both"]
)
def test_not_exactly_one_account(home: Home, places: tuple[str, ...]) -> None:
    """Exactly one cash register or account is required; the file is left alone."""
    home.run("payments", "fetch")
    before = home.object.read_bytes()
    mapped = home.run("payments", "map", "Пром-оплата", *places)
    assert (mapped.code, mapped.out) == (64, "")
    assert mapped.err == "error: give either `--cash-register` or `--current-account`\n"
    assert home.object.read_bytes() == before


def test_an_unknown_method(home: Home) -> None:
    """The error suggests the nearest method and how to fetch new ones."""
    home.run("payments", "fetch")
    mapped = home.run("payments", "map", "Накладный платіж", "--cash-register", "Каса 1")
    assert mapped.code == 64
    assert mapped.err == (
        "error: there is no payment method `Накладный платіж`; did you mean `Накладений платіж`?\n\n"
        'hint: see all of them: torgsync payments list -o "My Prom"\n'
    )


def test_unmapped_methods_are_listed_first(home: Home) -> None:
    """The table starts with unmapped methods."""
    home.run("payments", "fetch")
    home.run("payments", "map", "Пром-оплата", "--cash-register", "Каса 1")
    assert home.run("payments", "list").lines == [
        "id        name                cash register   current account",
        "─" * 61,
        "9000002   Накладений платіж   –               –",
        "9000003   Оплата на карту     –               –",
        "9000001   Пром-оплата         Каса 1          –",
    ]
    assert home.run("payments", "list", "--format", "csv").lines[1] == "9000002,Накладений платіж,,,false"


def test_nothing_fetched_yet(home: Home) -> None:
    """An empty list says so, in the words of people and of programs."""
    assert home.run("payments", "list").err == "no payment methods yet\n"
    assert home.run("payments", "list", "--format", "json").json == {"schema": 1, "payment_methods": []}
    assert home.run("payments", "report").err == "no accounts yet\n"


def test_the_report_by_cash_register(home: Home) -> None:
    """Payments are summed by cash register or account, those of unmapped methods last."""
    home.run("payments", "fetch")
    home.run("payments", "map", "Накладений платіж", "--cash-register", "Каса 1")
    home.sync()
    for method, paid in ((9000002, False), (9000002, False), (9000001, True)):
        home.sandbox.place_order([("26901", 1)], payment_option_id=method, paid=paid)
    assert home.sync("--only", "orders").code == 8
    assert home.run("payments", "report", "--format", "json").json == {
        "schema": 1,
        "accounts": [
            {
                "place": "cash_register",
                "account": "Каса 1",
                "expected": "3426.00",
                "received": "0.00",
                "reversed": "0.00",
                "open": "3426.00",
                "currency": "UAH",
                "cost": "0.00",
                "cost_estimate": "0.00",
                "cost_unknown": 0,
            },
            {
                "place": "unmapped",
                "account": None,
                "expected": "1713.00",
                "received": "1713.00",
                "reversed": "0.00",
                "open": "0.00",
                "currency": "UAH",
                "cost": "0.00",
                "cost_estimate": "0.00",
                "cost_unknown": 0,
            },
        ],
    }
    assert home.run("payments", "report").lines == [
        "account    expected   received   reversed      open   cost   currency",
        "─" * 69,
        "Каса 1      3426.00       0.00       0.00   3426.00   0.00   UAH",
        "unmapped    1713.00    1713.00       0.00      0.00   0.00   UAH",
    ]


def test_the_shop_refuses_to_list_its_methods(hard: Home, faulty: FaultyServer) -> None:
    """A missing right is named, and the file is left alone."""
    before = hard.object.read_bytes()
    faulty.misbehave("GET /payment_options", says(403, {"error": "Forbidden"}))
    fetched = hard.run("payments", "fetch")
    assert (fetched.code, fetched.out) == (4, "")
    assert "it may not read payment options" in fetched.err
    assert hard.object.read_bytes() == before


def test_a_method_before_any_was_fetched(home: Home) -> None:
    """The hint is to fetch them."""
    ran = home.run("payments", "map", "Пром-оплата", "--cash-register", "Каса 1")
    assert (ran.code, ran.err.splitlines()[-1]) == (
        64,
        'hint: fetch them from Prom.ua: torgsync payments fetch -o "My Prom"',
    )


CASH = ("--cash-register", "Каса 1")


@pytest.fixture
def sold(filled: Home) -> Home:
    """A home with unmapped methods and an order that was paid online."""
    filled.run("payments", "fetch")
    filled.sandbox.place_order([("26901", 1)], paid=True)
    filled.sync("--only", "orders")
    return filled


def accounts(home: Home, *args: str) -> dict[str, tuple[str, ...]]:
    """Return expected, received, reversed and open sums by cash register or account."""
    listed = home.run("payments", "report", "--format", "json", *args).json["accounts"]
    names = ("expected", "received", "reversed", "open")
    return {one["account"] or one["place"]: tuple(one[name] for name in names) for one in listed}


LOST = {"unmapped": ("1713.00", "1713.00", "0.00", "0.00")}
FOUND = {"Каса 1": ("1713.00", "1713.00", "0.00", "0.00")}


def to_do(home: Home) -> int:
    """Return how many orders wait for a person, as `status` counts them."""
    (document,) = home.run("status", "--format", "json").json["objects"]
    waiting: int = document["orders"]["waiting"]
    return waiting


def test_a_method_that_is_mapped_later(sold: Home) -> None:
    """Its payments move to the mapped account at once, without a reversal in the report."""
    assert accounts(sold) == LOST
    for _ in range(2):
        assert sold.run("orders", "fetch").code == 8
    message = "no cash register or account chosen yet for the payment method `Пром-оплата` (1 order)"
    for command in (("payments", "report"), ("payments", "report", "--to", "2020-01-01")):
        assert f"! {message}" in sold.run(*command).err
        assert "hint: torgsync payments map Пром-оплата" in sold.run(*command).err
    found = sold.run("sync", "--yes", "--format", "json").json["findings"]
    assert message in [finding["message"] for finding in found if finding["code"] == "payment-unmapped"]
    assert to_do(sold) == 1
    mapped = sold.run("payments", "map", "Пром-оплата", *CASH)
    assert "the money of 1 order that had none is now there" in mapped.err
    assert (accounts(sold), to_do(sold)) == (FOUND, 0)
    assert sold.run("payments", "report").err == (
        "open: expected, and neither received nor reversed by the end of these days\n"
    )
    kinds = [one["kind"] for one in sold.run("payments", "postings", "--format", "json").json["postings"]]
    assert kinds == ["expected", "received", "moved", "expected", "received"]
    assert sold.run("orders", "fetch").code == 0
    assert "no place" not in sold.run("payments", "map", "Пром-оплата", "--cash-register", "Каса 2").err
    sold.run("orders", "fetch")
    assert accounts(sold) == FOUND


def test_a_method_that_is_mapped_by_hand(sold: Home) -> None:
    """Who edits the file gets the same with the next fetch."""
    sold.edit_object('name = "Пром-оплата"', 'name = "Пром-оплата"\ncash_register = "Каса 1"')
    assert accounts(sold) == LOST
    sold.run("orders", "fetch")
    assert accounts(sold) == FOUND


def test_money_with_the_delivery_and_money_on_an_account(filled: Home) -> None:
    """A delivered order pays into the cash register; what was to come to an account is still open."""
    filled.run("payments", "fetch")
    filled.run("payments", "map", "9000002", *CASH)
    filled.run("payments", "map", "9000003", "--current-account", ACCOUNT)
    numbers = [
        filled.sandbox.place_order([("26901", 1)], payment_option_id=method) for method in (9000002, 9000003)
    ]
    filled.run("orders", "fetch")
    for number in numbers:
        filled.sandbox.set_order_status(number, "delivered")
    filled.run("orders", "fetch")
    assert accounts(filled) == {
        "Каса 1": ("1713.00", "1713.00", "0.00", "0.00"),
        ACCOUNT: ("1713.00", "0.00", "0.00", "1713.00"),
    }


def test_a_report_of_some_days(sold: Home) -> None:
    """Before the order there was nothing, and on its day everything."""
    today = datetime.now(SHOP_ZONE).date().isoformat()
    assert accounts(sold, "--to", "2020-01-01") == {}
    assert accounts(sold, "--from", today, "--to", today) == LOST
    assert accounts(sold, "--from", "2999-01-01") == {}
    assert accounts(sold, "--from", f"{datetime.now(SHOP_ZONE):%d.%m.%Y}") == LOST
    assert sold.run("payments", "report", "--from", "1/1/2026").code == 64


def test_fetched_and_mapped_methods_are_documents_too(home: Home) -> None:
    """JSON and CSV have every method, the new ones, the mapping and the number of orders moved."""
    fetched = home.run("payments", "fetch", "--format", "json")
    methods = fetched.json["payment_methods"]
    assert [(one["id"], one["new"]) for one in methods] == [
        ("9000001", True),
        ("9000002", True),
        ("9000003", True),
    ]
    again = home.run("payments", "fetch", "--format", "csv").lines
    assert again[:2] == [
        "id,name,cash_register,current_account,gone,new",
        "9000001,Пром-оплата,,,false,false",
    ]
    home.sandbox.place_order([(home.sandbox.add_product("26901", name="x", price=Decimal(1)), 1)])
    home.sync("--only", "orders")
    assert home.run("payments", "map", "9000001", *CASH, "--format", "json").json == {
        "schema": 1,
        "payment_method": {
            "id": "9000001",
            "name": "Пром-оплата",
            "cash_register": "Каса 1",
            "current_account": None,
            "gone": False,
        },
        "moved_orders": 1,
    }
    row = home.run("payments", "map", "9000001", *CASH, "--format", "csv").lines
    assert row[1] == "9000001,Пром-оплата,Каса 1,,false,0"


def test_every_movement_is_listed(sold: Home) -> None:
    """With its order, method and cash register, in every format and by day."""
    listed = sold.run("payments", "postings", "--format", "json").json["postings"]
    assert [posting["kind"] for posting in listed] == ["expected", "received"]
    assert {
        key: listed[0][key] for key in ("place", "account", "payment_id", "payment", "amount", "currency")
    } == {
        "place": "unmapped",
        "account": None,
        "payment_id": "9000001",
        "payment": "Пром-оплата",
        "amount": "1713.00",
        "currency": "UAH",
    }
    assert datetime.fromisoformat(listed[1]["at"]).utcoffset() == timedelta(0)
    table = sold.run("payments", "postings").lines
    assert table[0].split() == ["at", "order", "kind", "account", "amount"]
    assert max(map(len, table)) <= 80
    assert sold.run("payments", "postings", "--from", "2999-01-01").err == "no money moved on these days\n"
    assert (
        sold.run("payments", "postings", "--to", "2999-01-01", "--format", "csv")
        .lines[0]
        .startswith("at,order,")
    )


def test_a_report_in_another_zone(sold: Home) -> None:
    """Days and times are in the object's zone, documents in UTC; an unknown zone is a mistake."""
    sold.edit_object("[clients]", '[orders]\nzone = "Pacific/Kiritimati"\n\n[clients]')
    (first, _) = sold.run("payments", "postings", "--format", "json").json["postings"]
    day = (datetime.fromisoformat(first["at"]) + timedelta(hours=14)).date()
    assert first["at"].endswith("+00:00")
    assert f"\n{day} " in sold.run("payments", "postings").out
    sold.edit_object("Pacific/Kiritimati", "Europe/Kyjiw")
    ran = sold.run("payments", "postings")
    assert (ran.code, 'there is no time zone "Europe/Kyjiw"' in ran.err) == (3, True)


def test_a_blank_cash_register(filled: Home) -> None:
    """A blank name is refused, by command or in the file."""
    filled.run("payments", "fetch")
    before = filled.object.read_bytes()
    ran = filled.run("payments", "map", "9000001", "--cash-register", " ")
    assert (ran.code, "needs a name" in ran.err, filled.object.read_bytes()) == (64, True, before)
    filled.run("payments", "map", "9000001", "--cash-register", "Каса 1")
    filled.edit_object('cash_register = "Каса 1"', 'cash_register = " "')
    assert "the name is empty" in filled.run("payments", "list").err
