"""What the state promises about clients: a person is found by contacts, and two stay two."""

from __future__ import annotations

from dataclasses import replace

from builders import NOON, order
from states import OLENA

from torgsync.core.orders.clients import Client, Contact
from torgsync.state.store import Store, UnitOfWork

IVAN = Client("", "Тестовий Іван", "", "ivan@example.com")


def test_clients_are_found_by_what_they_share(work: UnitOfWork) -> None:
    """Phone, e-mail, card, or the name without regard to case; a blank is never shared."""
    olena, ivan, empty = (work.clients.add(client, NOON) for client in (OLENA, IVAN, Client("", "", "", "")))
    assert work.clients.all() == [replace(OLENA, id=olena), replace(IVAN, id=ivan), Client(empty, "", "", "")]
    phone, mail = Contact("phone", "+380500000001"), Contact("email", "ivan@example.com")
    assert work.clients.sharing([phone, mail]) == {olena: OLENA.contacts, ivan: IVAN.contacts}
    name = Contact("name", "тестовий іван")
    assert work.clients.sharing([name]) == {ivan: IVAN.contacts}
    assert work.clients.sharing([Contact("phone", "%")]) == work.clients.sharing([]) == {}
    assert work.clients.contacts(olena) == OLENA.contacts
    assert work.clients.by_contact()[phone] == {olena}
    assert work.clients.get(olena) == replace(OLENA, id=olena)
    assert work.clients.get("99") is work.clients.get("x") is None


def test_a_client_is_found_by_all_that_it_shows(work: UnitOfWork) -> None:
    """By contacts of its own, by shared ones, and by a phone that it never got as a contact."""
    olena, twin = (work.clients.add(OLENA, NOON) for _ in range(2))
    assert work.clients.contacts(twin) == OLENA.contacts
    ivan, blank = work.clients.add(IVAN, NOON), work.clients.add(Client("", "", "", ""), NOON)
    work.clients.fill(ivan, OLENA)
    assert work.clients.contacts(ivan) == IVAN.contacts
    work.clients.learn(blank, [Contact("email", "new@example.com")])
    assert work.clients.shown_contacts() == {
        olena: OLENA.contacts,
        twin: OLENA.contacts,
        ivan: IVAN.contacts | {Contact("phone", "+380500000001"), Contact("card", "990000000017")},
        blank: {Contact("email", "new@example.com")},
    }


def test_other_objects_with_people_are_listed(state: Store) -> None:
    """By slug, each once; an object without clients and orders is none of them."""
    for slug in ("b", "a"):
        with state.transaction(slug) as work:
            work.clients.add(OLENA, NOON)
            work.orders.remember(order(), NOON, client_id="", hold=None)
    with state.transaction("c") as work:
        work.clients.set_export_stamp("stamp")
    with state.transaction("a") as work:
        assert work.clients.other_objects() == ["b"]
    with state.transaction("c") as work:
        assert work.clients.other_objects() == ["a", "b"]


def test_a_client_gets_only_free_contacts(work: UnitOfWork) -> None:
    """A contact that another one has stays theirs: two people must not become one by a shared phone."""
    olena, ivan = work.clients.add(OLENA, NOON), work.clients.add(IVAN, NOON)
    new = Contact("phone", "+380500000002")
    work.clients.learn(ivan, [new, Contact("phone", "+380500000001")])
    assert work.clients.contacts(ivan) == IVAN.contacts | {new}
    assert work.clients.sharing([new]) == {ivan: IVAN.contacts | {new}}
    assert work.clients.contacts(olena) == OLENA.contacts


def test_blanks_of_a_client_are_filled(work: UnitOfWork) -> None:
    """What is known is never written over."""
    ivan = work.clients.add(IVAN, NOON)
    work.clients.fill(ivan, OLENA)
    work.clients.fill("99", OLENA)
    assert work.clients.get(ivan) == replace(IVAN, id=ivan, phone=OLENA.phone, card=OLENA.card)
    work.clients.fill(ivan, Client("", "", "", ""))


def test_merged_clients_are_one(work: UnitOfWork) -> None:
    """Contacts, orders and open choices go to the one that stays, which keeps its own words."""
    olena, ivan, third = (work.clients.add(client, NOON) for client in (OLENA, IVAN, replace(IVAN, name="І")))
    work.orders.remember(order(), NOON, client_id=ivan, hold=None)
    work.clients.set_candidates("5", [ivan, olena])
    work.clients.set_candidates("6", [ivan, third])
    assert work.clients.order_counts() == {ivan: 1}
    work.clients.merge(ivan, olena)
    assert work.clients.get(ivan) is None
    assert work.clients.get(olena) == replace(OLENA, id=olena)
    assert work.clients.contacts(olena) == OLENA.contacts | IVAN.contacts
    assert work.clients.order_counts() == {olena: 1}
    assert work.clients.candidates() == {"5": (olena,), "6": (olena, third)}
    work.clients.clear_candidates("5")
    assert work.clients.candidates() == {"6": (olena, third)}
    work.clients.merge("99", olena)


def test_a_removed_client_keeps_no_order(work: UnitOfWork) -> None:
    """The person is gone, and the order has no client."""
    olena = work.clients.add(OLENA, NOON)
    work.orders.remember(order(), NOON, client_id="", hold=None)
    work.orders.set_client("300000001", olena)
    work.clients.set_candidates("5", [olena])
    work.clients.remove(olena)
    assert (work.clients.all(), work.clients.candidates(), work.clients.by_contact()) == ([], {}, {})
    (stored,) = work.orders.all()
    assert stored.client_id == ""


def test_the_clients_export_that_was_read_is_remembered(work: UnitOfWork) -> None:
    """Its stamp, so that it is read when it changed."""
    assert work.clients.export_stamp() == ""
    work.clients.set_export_stamp("a")
    work.clients.set_export_stamp("b")
    assert work.clients.export_stamp() == "b"
