"""Who is who: contacts in one form, the first tick that finds anybody, and who is to be forgotten."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import contacts, order

from torgsync.core.orders.clients import (
    Client,
    Contact,
    Match,
    Person,
    client_of,
    match_client,
    name_key,
    person_behind,
    trace_of,
)
from torgsync.core.orders.order import Buyer, Order, Recipient, without_people
from torgsync.core.orders.phones import normal_phone


@pytest.mark.parametrize(
    "text",
    [
        "0500000001",
        "050 000-00-01",
        "+380500000001",
        "380500000001",
        "+38 (050) 000 00 01",
        "80500000001",
        "8 050 000 00 01",
        "00380500000001",
        "0500000001 дод. 5",
        "050 000 00 01 доб 12",
        "050\n0000001",
        "\u202a+380500000001\u202c",
        "0500000001 Олена",
        "Олена 0500000001",
        "050-000-00-01 (Viber)",
        "050 000 00 01; 067 111 22 33",
        "0500000001/0671112233",
        "050 000 00 01 067 111 22 33",
        "380500000001 Viber",
        "8 050 000 00 01 Оля",
        "тел.+380500000001 до 18:00",
        "0500000001 або +48 22 123 45 67",
    ],
)
def test_a_phone_has_one_spelling(text: str) -> None:
    """However a person writes it: a name, a messenger or a second number does not make another person."""
    assert normal_phone(text) == "+380500000001"


@pytest.mark.parametrize("text", ["+48 22 123 45 67", "+48 22 123 45 67 або 0500000001"])
def test_a_phone_of_another_country_is_one(text: str) -> None:
    """With its code it is a number like any other, and the first number is the one to call."""
    assert normal_phone(text) == "+48221234567"


@pytest.mark.parametrize(
    "text",
    [
        "дзвоніть увечері",
        "12",
        "",
        "000",
        "050000001",
        "234-56-78",
        "2345678",
        "2345678 Оля",
        "05000000011 Оля",
        "+12",
        "+380",
        "+3802345678",
    ],
)
def test_what_is_no_phone_is_kept_as_written(text: str) -> None:
    """It identifies no client: two people who wrote the same words are not one."""
    assert normal_phone(f" {text} ") == text
    assert Client("", "", normal_phone(text), "").contacts == frozenset()


def test_a_client_stored_with_other_words_in_the_phone_has_that_phone() -> None:
    """What could not be read once is read by now."""
    assert Client("", "", "0500000001 Олена", "").contacts == {Contact("phone", "+380500000001")}


WANTED = Client("", "Тестовий Іван", "+380500000001", "buyer@example.com", "990000000017")


def test_a_client_is_known_by_its_contacts() -> None:
    """Phone, e-mail, card, and the name without regard to case and blanks; blanks are left out."""
    assert WANTED.contacts == {
        Contact("phone", "+380500000001"),
        Contact("email", "buyer@example.com"),
        Contact("name", "тестовий іван"),
        Contact("card", "990000000017"),
    }
    assert Client("", "", "", "").contacts == frozenset()
    assert name_key(" ТЕСТОВИЙ   Іван ") == "тестовий іван"


def test_a_buyer_comes_into_normal_form() -> None:
    """The phone in E.164, the e-mail in lower case, the name as Torgsoft writes it."""
    buyer = Buyer("1", "Іван\n", "", "Тест\u200bовий\x1b", "050 000 00 01", " Buyer@Example.com\t")
    assert client_of(buyer) == Client("", "Тестовий Іван", "+380500000001", "buyer@example.com")


KNOWN = {
    "1": {Contact("name", "тестовий іван")},
    "2": {Contact("phone", "+380500000001"), Contact("phone", "+380500000009")},
    "3": {Contact("name", "тестовий іван"), Contact("email", "buyer@example.com")},
}


@pytest.mark.parametrize(
    ("find_by", "ids", "one"),
    [
        (("phone", "email"), ("2",), "2"),
        (("email", "phone"), ("3",), "3"),
        (("name", "phone"), ("1", "3"), None),
        (("card", "phone"), ("2",), "2"),
        ((), (), None),
    ],
)
def test_a_client_is_found_by_the_first_tick_that_finds_any(
    find_by: tuple[str, ...], ids: tuple[str, ...], one: str | None
) -> None:
    """The order of the ticks decides; two matches are both reported, none is picked."""
    found = match_client(WANTED.contacts, KNOWN, find_by)
    assert found == Match(ids)
    assert found.one == one


def test_a_blank_finds_no_client() -> None:
    """A buyer without a phone is not every client without one; the next tick is asked."""
    assert match_client((), KNOWN, ("phone", "email")) == Match(())


@pytest.mark.parametrize(
    ("wanted", "find_by", "found"),
    [
        ("phone:1 email:a", "phone email", Match(("same", "both"))),
        ("phone:9 email:a", "phone email", Match(("mail",))),
        ("phone:9 email:b", "phone email", Match(("both",), "phone")),
        ("phone:9 email:c", "phone email", Match(("two", "three"), "phone")),
        ("phone:9 email:b", "email phone", Match(("both",))),
        ("phone:1 email:z", "email phone", Match(("same",))),
        ("phone:2 email:z", "email phone", Match(("two",), "email")),
        ("email:b", "phone email", Match(("both",))),
        ("phone:9 email:b name:i", "phone email name", Match(("plain",))),
        ("phone:9 email:b name:o", "phone email name", Match(("both",), "phone")),
        ("name:x phone:7", "name phone", Match(("named",))),
    ],
)
def test_whom_an_earlier_tick_contradicts_is_not_taken(wanted: str, find_by: str, found: Match) -> None:
    """Another phone with the same e-mail may be a new number or the family; another name proves nothing."""
    people = contacts(
        same="phone:1",
        both="phone:1 email:b",
        mail="email:a name:i",
        plain="name:i",
        two="phone:2 email:c",
        three="phone:3 email:c name:o",
        named="phone:7 name:y",
    )
    match = match_client(contacts(wanted=wanted)["wanted"], people, tuple(find_by.split()))
    assert match == found
    assert match.one == (found.client_ids[0] if len(found.client_ids) == 1 and not found.against else None)


# Who is to be forgotten


P1, P2, P3 = "+380500000001", "+380500000002", "+380500000003"


def bought(phone: str = "", email: str = "", *, recipient: str = "", note: str = "") -> Order:
    """An order with this buyer."""
    buyer = Buyer("", "", "", "", phone, email)
    return order(buyer=buyer, recipient=Recipient(phone=recipient), note=note)


def person(clients: dict[str, set[Contact]], **orders: tuple[str, str, list[Order]]) -> Person:
    """Who has the first phone; orders are a client, fitting clients, and versions."""
    traces = {
        order_id: trace_of(client, tuple(fitting.split()), versions)
        for order_id, (client, fitting, versions) in orders.items()
    }
    return person_behind(P1, clients, traces)


def found(client_ids: str = "", order_ids: str = "", named_in: str = "") -> Person:
    return Person(*(frozenset(words.split()) for words in (client_ids, order_ids, named_in)))


def test_every_client_with_the_phone_goes() -> None:
    """As phone or among the contacts; all their orders with them, however the phone is written there."""
    clients = contacts(one=f"phone:{P1}", two=f"phone:{P2} phone:{P1}", three=f"phone:{P3}")
    assert person(
        clients,
        a=("one", "", [bought("050 000 00 01")]),
        b=("two", "", [bought(P2)]),
        c=("three", "", [bought(P3)]),
        d=("", "", [bought(P3), bought("0500000001")]),
        e=("", "", [bought(P3, recipient="380500000001")]),
    ) == found("one two", "a b d e")


def test_the_client_of_such_an_order_goes_unless_it_has_other_orders() -> None:
    """A client with an order without the phone stays."""
    clients = contacts(one=f"phone:{P2}", two=f"phone:{P3}")
    assert person(
        clients, a=("one", "", [bought(P1)]), b=("two", "", [bought(P1)]), c=("two", "", [bought(P3)])
    ) == found("one", "a b")


def test_orders_without_a_client_are_found_by_unshared_contacts() -> None:
    """A second phone of the person, or an e-mail where there is no phone; what is shared proves nothing."""
    clients = contacts(one=f"phone:{P1} phone:{P2} email:a email:b", two=f"phone:{P3} email:b")
    assert person(
        clients,
        a=("", "", [bought(P2)]),
        b=("", "", [bought(email="A")]),
        c=("", "", [bought(email="b")]),
        d=("", "", [bought("+380500000009", "a")]),
        e=("", "", [bought("увечері", "a")]),
        f=("", "", [without_people(bought())]),
    ) == found("one", "a b e")


def test_an_order_that_waits_for_a_choice_goes_where_no_other_client_fits() -> None:
    """With a phone of its own it may be another person's: it stays."""
    clients = contacts(one=f"phone:{P1} email:a", two=f"phone:{P1} email:a", three=f"phone:{P3} email:a")
    assert person(
        clients,
        a=("", "one two", [bought(email="a")]),
        b=("", "one three", [bought(email="a")]),
        c=("", "one", [bought("+380500000009", "a")]),
    ) == found("one two", "a")


def test_a_phone_in_the_note_of_another_person_is_reported() -> None:
    """However it is written there; in the person's own order it goes with the rest."""
    assert person(
        {},
        a=("", "", [bought(P2, note="дзвоніть мамі: 050 000-00-01")]),
        b=("", "", [bought(P1, note=P1)]),
        c=("", "", [bought(P2, note="050 000-00-02")]),
        d=("", "", [replace(bought(P2), delivery_address="(050)0000001")]),
    ) == found("", "b", "a d")


def test_a_second_phone_in_a_field_is_reported() -> None:
    """Also where it has a digit too many; a phone of another country that ends alike is another one."""
    assert person(
        {},
        a=("", "", [bought(f"{P2}; 050 000-00-01")]),
        b=("", "", [bought(P2, recipient="05000000019 Оля")]),
        c=("", "", [bought("+48500000001")]),
        d=("", "", [bought("0500000001 Оля")]),
    ) == found("", "d", "a b")
