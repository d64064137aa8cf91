"""Finds everything that is known of one person, so that the person can be forgotten.

Source: docs/developers/architecture.md §7.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from torgsync.core.orders.clients import (
    EMAIL,
    PHONE,
    Contact,
    is_phone,
    normal_email,
    normal_phone,
    whole_phone,
)
from torgsync.core.orders.order import Order
from torgsync.core.text import one_line

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
    """Return the person with a phone in E.164: all clients that have it, and their orders.

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
        if order_id not in order_ids and any(_contains(phone, text) for text in trace.texts)
    }
    return Person(frozenset(people), frozenset(order_ids), frozenset(named_in))


def _contacts_of(clients: Mapping[str, Collection[Contact]], wanted: Collection[str]) -> set[Contact]:
    return {contact for client in wanted for contact in clients.get(client, ())}


def _contains(phone: str, text: str) -> bool:
    return phone[-_SIGNIFICANT:] in _BETWEEN_DIGITS.sub("", text)
