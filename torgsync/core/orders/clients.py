"""The people who order: recognised by the contacts that the sync object names (`find_by`), and forgotten.

Contacts are in normal form: phones in E.164, e-mails in lower case, names without regard to
case and blanks, Torgsoft's cards. One client may have several of each. Source:
docs/developers/architecture.md §7, docs/developers/torgsoft.md §11, §12.7, §17 no. 24.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from torgsync.core.orders.order import Buyer, Order
from torgsync.core.orders.phones import is_phone, normal_phone, whole_phone
from torgsync.core.text import one_line

PHONE, EMAIL, NAME, CARD = "phone", "email", "name", "card"


class Contact(NamedTuple):
    """What a client is recognised by: "phone", "email", "name" or "card", and its normal form."""

    kind: str
    key: str


@dataclass(frozen=True, slots=True)
class Client:
    """A person who ordered, or who is in Torgsoft's list of clients.

    `phone` is in E.164, or as written where it is no number; `email` in lower case; each may be empty. `card`
    is Torgsoft's, empty for people who only ordered on Prom.
    """

    id: str
    name: str
    phone: str
    email: str
    card: str = ""

    @property
    def contacts(self) -> frozenset[Contact]:
        """What this person is recognised by: nothing blank, and no phone that is no number."""
        phone = normal_phone(self.phone)  # one that was stored by an older version may be readable now
        phone = phone if is_phone(phone) else ""
        keys = {PHONE: phone, EMAIL: self.email, NAME: name_key(self.name), CARD: self.card}
        return frozenset(Contact(kind, key) for kind, key in keys.items() if key)


def client_of(buyer: Buyer) -> Client:
    """Return an order's buyer in normal form."""
    return Client("", buyer.full_name, normal_phone(buyer.phone), normal_email(buyer.email))


def normal_email(text: str) -> str:
    """Return an e-mail address in lower case."""
    return one_line(text).casefold()


def name_key(name: str) -> str:
    """Return a name without regard to case and blanks."""
    return " ".join(name.casefold().split())


@dataclass(frozen=True, slots=True)
class Match:
    """The clients that a person may be: one, none, or several among whom a person must choose.

    `against` is the kind of contact that contradicts all of them, empty where none does: a buyer with a
    client's e-mail and another phone may be that client with a new number, or a relative.
    """

    client_ids: tuple[str, ...]
    against: str = ""

    @property
    def one(self) -> str | None:
        """The client's id where there is exactly one, and no contact contradicts it."""
        return self.client_ids[0] if len(self.client_ids) == 1 and not self.against else None


def match_client(
    wanted: Collection[Contact], known: Mapping[str, Collection[Contact]], find_by: tuple[str, ...]
) -> Match:
    """Return the clients that have one of the wanted contacts, by the first kind that finds any.

    `known` are all contacts, keyed by client id. Several matches are all returned: none is picked. Clients
    that an earlier kind contradicts are passed over; where there are no others, they are returned with it.

    Source: docs/developers/architecture.md §7.
    """
    doubtful = Match(())
    for place, kind in enumerate(find_by):
        keys = {contact for contact in wanted if contact.kind == kind}
        candidates = {
            client: _contradiction(wanted, contacts, find_by[:place])
            for client, contacts in known.items()
            if keys & set(contacts)
        }
        if fitting := tuple(client for client, against in candidates.items() if not against):
            return Match(fitting)
        if candidates and not doubtful.client_ids:
            doubtful = Match(tuple(candidates), next(iter(candidates.values())))
    return doubtful


def _contradiction(one: Collection[Contact], other: Collection[Contact], kinds: Collection[str]) -> str:
    """Return the first kind of which both have contacts and none in common, empty where there is none.

    Names are written in many ways: a different one proves nothing.
    """
    for kind in kinds:
        here, there = ({contact for contact in all_ if contact.kind == kind} for all_ in (one, other))
        if here and there and not here & there and kind != NAME:
            return kind
    return ""


_SIGNIFICANT = 9
"""Digits at the end of a phone that identify it within the country."""

_BETWEEN_DIGITS = re.compile(r"[\s()./\u2010-\u2015-]+")


@dataclass(frozen=True, slots=True)
class Trace:
    """The personal data in all versions of one order.

    `client_id` is empty while it has none, `fitting` are the clients among whom a person must choose.
    `phones` and `emails`, in normal form, are those of buyer and recipient; `texts` are free texts, and
    phones with more in them than one number.
    """

    client_id: str
    fitting: tuple[str, ...]
    phones: frozenset[str]
    emails: frozenset[str]
    texts: frozenset[str]

    @property
    def has_phone(self) -> bool:
        """Whether any phone is a number."""
        return any(map(is_phone, self.phones))

    @property
    def contacts(self) -> frozenset[Contact]:
        """The contacts that identify its people: an e-mail counts where there is no phone."""
        if self.has_phone:
            return frozenset(Contact(PHONE, phone) for phone in self.phones if is_phone(phone))
        return frozenset(Contact(EMAIL, email) for email in self.emails)


def trace_of(client_id: str, fitting: tuple[str, ...], versions: Collection[Order]) -> Trace:
    """Return the personal data of an order; `versions` are all of its versions."""
    return Trace(
        client_id,
        fitting,
        frozenset(
            normal_phone(phone)
            for order in versions
            for phone in (order.buyer.phone, order.recipient.phone)
            if phone
        ),
        frozenset(normal_email(order.buyer.email) for order in versions if order.buyer.email),
        frozenset(
            text
            for order in versions
            for text in (order.note, order.delivery_address, order.cancelled_because, *_odd_phones(order))
            if text
        ),
    )


def _odd_phones(order: Order) -> tuple[str, ...]:
    phones = (order.buyer.phone, order.recipient.phone)
    return tuple(phone for phone in phones if not whole_phone(one_line(phone)))


@dataclass(frozen=True, slots=True)
class Person:
    """Everything that is known of one person: ids of clients and orders.

    `named_in` are orders of other people whose texts contain the phone.
    """

    client_ids: frozenset[str]
    order_ids: frozenset[str]
    named_in: frozenset[str]


def person_behind(
    phone: str, clients: Mapping[str, Collection[Contact]], orders: Mapping[str, Trace]
) -> Person:
    """Return the person with a phone in normal form: all clients that have it, and their orders.

    The clients of these orders belong to the person too, unless they also have orders without the phone. An
    order without a client belongs to the person where it has a contact that no other client has, or where no
    other client fits.
    """
    carriers = {client for client, contacts in clients.items() if Contact(PHONE, phone) in contacts}
    order_ids = {
        order_id
        for order_id, trace in orders.items()
        if phone in trace.phones
        or trace.client_id in carriers
        or (trace.fitting and carriers.issuperset(trace.fitting) and not trace.has_phone)
    }
    others = {trace.client_id for order_id, trace in orders.items() if order_id not in order_ids}
    people = carriers | ({orders[order_id].client_id for order_id in order_ids} - others - {""})
    theirs = _contacts_of(clients, people) - _contacts_of(clients, clients.keys() - people)
    order_ids |= {
        order_id for order_id, trace in orders.items() if not trace.client_id and trace.contacts & theirs
    }
    named_in = {
        order_id
        for order_id, trace in orders.items()
        if is_phone(phone)
        and order_id not in order_ids
        and any(_contains(phone, text) for text in trace.texts)
    }
    return Person(frozenset(people), frozenset(order_ids), frozenset(named_in))


def _contacts_of(clients: Mapping[str, Collection[Contact]], wanted: Collection[str]) -> set[Contact]:
    return {contact for client in wanted for contact in clients.get(client, ())}


def _contains(phone: str, text: str) -> bool:
    return phone[-_SIGNIFICANT:] in _BETWEEN_DIGITS.sub("", text)
