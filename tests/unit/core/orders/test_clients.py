"""Who is who: contacts in one form, and the first tick that finds anybody."""

from __future__ import annotations

import pytest

from torgsync.core.orders.clients import (
    Client,
    Contact,
    Match,
    client_of,
    match_client,
    name_key,
    normal_phone,
)
from torgsync.core.orders.order import Buyer


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
    ],
)
def test_a_phone_has_one_spelling(text: str) -> None:
    """However a person of Ukraine writes it, it is one number."""
    assert normal_phone(text) == "+380500000001"


@pytest.mark.parametrize(
    "text",
    [
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
def test_a_phone_among_other_words_is_that_phone(text: str) -> None:
    """A name, a messenger or a second number does not make another person."""
    assert normal_phone(text) == "+380500000001"


def test_a_foreign_phone_that_comes_first_counts() -> None:
    """The first number is the one to call, whatever its country."""
    assert normal_phone("+48 22 123 45 67 або 0500000001") == "+48221234567"


def test_a_phone_of_another_country_is_one() -> None:
    """With its code it is a number like any other."""
    assert normal_phone("+48 22 123 45 67") == "+48221234567"


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


def known(**people: str) -> dict[str, set[Contact]]:
    """Contacts by client, written `phone:1 email:a`."""
    return {client: {Contact(*word.split(":")) for word in words.split()} for client, words in people.items()}


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
    people = known(
        same="phone:1",
        both="phone:1 email:b",
        mail="email:a name:i",
        plain="name:i",
        two="phone:2 email:c",
        three="phone:3 email:c name:o",
        named="phone:7 name:y",
    )
    (contacts,) = known(wanted=wanted).values()
    match = match_client(contacts, people, tuple(find_by.split()))
    assert match == found
    assert match.one == (found.client_ids[0] if len(found.client_ids) == 1 and not found.against else None)
