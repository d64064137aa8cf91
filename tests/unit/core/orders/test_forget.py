"""Who is to be forgotten: a person by phone, with every client and order that belongs to them."""

from __future__ import annotations

from dataclasses import replace

from builders import order

from torgsync.core.orders.clients import Contact, Person, person_behind, trace_of
from torgsync.core.orders.order import Buyer, Order, Recipient, without_people

P1, P2, P3 = "+380500000001", "+380500000002", "+380500000003"


def known(**people: str) -> dict[str, set[Contact]]:
    """Contacts by client, written `phone:1 email:a`."""
    return {client: {Contact(*word.split(":")) for word in words.split()} for client, words in people.items()}


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
    clients = known(one=f"phone:{P1}", two=f"phone:{P2} phone:{P1}", three=f"phone:{P3}")
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
    clients = known(one=f"phone:{P2}", two=f"phone:{P3}")
    assert person(
        clients,
        a=("one", "", [bought(P1)]),
        b=("two", "", [bought(P1)]),
        c=("two", "", [bought(P3)]),
    ) == found("one", "a b")


def test_orders_without_a_client_are_found_by_unshared_contacts() -> None:
    """A second phone of the person, or an e-mail where there is no phone; what is shared proves nothing."""
    clients = known(one=f"phone:{P1} phone:{P2} email:a email:b", two=f"phone:{P3} email:b")
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
    clients = known(one=f"phone:{P1} email:a", two=f"phone:{P1} email:a", three=f"phone:{P3} email:a")
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
