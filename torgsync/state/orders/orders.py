"""Orders that came home, and how far each is on its way into Torgsoft.

An order keeps its newest version at hand and all versions behind it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import ColumnElement, Connection, Row, exists, insert, or_, select, update

from torgsync.core.orders.order import PENDING, Order
from torgsync.core.orders.reserve import Handed, Holding, holdings
from torgsync.state.schema import tables as t

_ORDER = TypeAdapter(Order)


class Phase(StrEnum):
    """How far the file of an order is.

    MOVING is written down between the temporary name and the real one: where the temporary file is gone, the
    real one was there, whether or not Torgsoft has taken it since.
    """

    MOVING = "moving"
    WRITTEN = "written"
    TAKEN = "taken"
    WITHDRAWN = "withdrawn"


LYING = (Phase.MOVING, Phase.WRITTEN)
"""Phases in which Torgsoft has not taken the file, as far as anybody knows."""


@dataclass(frozen=True, slots=True)
class Stored:
    """An order as it is remembered.

    `client_id` is empty while it has none. `file` is the name of its order file and `phase` how far it is,
    both None while none was written; `place` is the outbox it was written to, None where nobody noted it;
    `written` and `taken` are when, aware and in UTC. `held` says why none
    can be, and `waits` whether a person must look at that. `accepted` is when Prom was told that the order is
    received. `filed` is the version that Torgsoft was given, or that a person said it has, None where nobody
    knows; `by_hand` what a person must do there about a later one.
    """

    order: Order
    version: int
    client_id: str
    file: str | None = None
    held: str | None = None
    phase: Phase | None = None
    place: str | None = None
    written: datetime | None = None
    taken: datetime | None = None
    accepted: datetime | None = None
    waits: bool = False
    filed: int | None = None
    by_hand: str | None = None

    @property
    def needs_person(self) -> bool:
        """Whether no file of it is written until a person does something."""
        return self.waits and self.phase is None

    @property
    def owed(self) -> bool:
        """Whether its file is still to be written."""
        return self.phase is None and self.held is None


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What a person said is done in Torgsoft about an order; `at` is aware and in UTC."""

    at: datetime
    user: str
    host: str
    what: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an order, and when it was seen first."""

    number: int
    seen: datetime
    order: Order


class OrderRepository:
    """Orders of one object, inside one transaction."""

    def __init__(self, connection: Connection, slug: str) -> None:
        self._db = connection
        self._slug = slug

    # What came

    def begin_orders(self, now: datetime) -> datetime | None:
        """Return when orders were first asked for: now, where they never were; None where nobody noted it."""
        c = t.objects.c
        query = select(c.orders_begun, c.orders_until).where(c.object == self._slug)
        row = self._db.execute(query).one_or_none()
        if row and (row.orders_begun or row.orders_until):
            begun: datetime | None = row.orders_begun
            return begun
        t.upsert(self._db, t.objects, [{"object": self._slug, "orders_begun": now}])
        return now

    def orders_until(self) -> datetime | None:
        """Return up to when orders were fetched."""
        return self._db.execute(
            select(t.objects.c.orders_until).where(t.objects.c.object == self._slug)
        ).scalar()

    def fetched_until(self, moment: datetime) -> None:
        """Remember up to when orders were fetched."""
        t.upsert(self._db, t.objects, [{"object": self._slug, "orders_until": moment}])

    def numbers(self) -> list[str]:
        """Return the numbers of all orders."""
        return list(
            self._db.execute(select(t.orders.c.order_id).where(t.orders.c.object == self._slug)).scalars()
        )

    def absent(self) -> set[int]:
        """Return the numbers that Prom was asked for and has no order of."""
        c = t.absent_orders.c
        return set(self._db.execute(select(c.number).where(c.object == self._slug)).scalars())

    def note_absent(self, number: int) -> None:
        """Remember that Prom has no order of this number."""
        t.upsert(self._db, t.absent_orders, [{"object": self._slug, "number": number}])

    def order(self, order_id: str) -> Stored | None:
        """Return an order, or None."""
        row = self._db.execute(select(t.orders).where(self._is(order_id))).one_or_none()
        return _stored(row) if row else None

    def orders(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        client_id: str | None = None,
    ) -> Iterator[Stored]:
        """Yield the orders, newest first, all or those that fit.

        `since` and `until` are bounds of the time at which they were placed; `until` is not among them.
        """
        c = t.orders.c
        query = select(t.orders).where(c.object == self._slug).order_by(c.created.desc(), c.order_id.desc())
        if since is not None:
            query = query.where(c.created >= since)
        if until is not None:
            query = query.where(c.created < until)
        if client_id is not None:
            query = query.where(c.client_id == int(client_id))
        return map(_stored, self._db.execute(query))

    def statuses(self) -> list[str]:
        """Return the statuses that Prom shows orders with, a shop's own among them."""
        c = t.orders.c
        rows = select(c.status).distinct().where(c.object == self._slug).order_by(c.status)
        return list(self._db.execute(rows).scalars())

    def versions(self, order_id: str) -> list[Version]:
        """Return all versions of an order, oldest first."""
        c = t.order_versions.c
        rows = self._db.execute(
            select(t.order_versions).where(c.object == self._slug, c.order_id == order_id).order_by(c.version)
        )
        return [Version(row.version, row.seen, _ORDER.validate_json(row.doc)) for row in rows]

    def all_versions(self) -> dict[str, list[Order]]:
        """Return all versions of all orders, oldest first, keyed by order."""
        c = t.order_versions.c
        rows = select(c.order_id, c.doc).where(c.object == self._slug).order_by(c.order_id, c.version)
        found: dict[str, list[Order]] = {}
        for row in self._db.execute(rows):
            found.setdefault(row.order_id, []).append(_ORDER.validate_json(row.doc))
        return found

    def remember(
        self, order: Order, now: datetime, *, client_id: str, held: str | None, waits: bool = False
    ) -> int:
        """Remember an order, or its new version; return the version, or 0 where nothing changed."""
        doc = _ORDER.dump_json(order).decode()
        known = self._db.execute(
            select(t.orders.c.version, t.orders.c.doc).where(self._is(order.id))
        ).one_or_none()
        if known and known.doc == doc:
            return 0
        version = known.version + 1 if known else 1
        row = {
            "object": self._slug,
            "order_id": order.id,
            "version": version,
            "status": order.status,
            "created": order.created,
            "doc": doc,
            "client_id": int(client_id) if client_id else None,
            "held": held,
            "waits": waits,
        }
        t.upsert(self._db, t.orders, [row])
        self._db.execute(
            insert(t.order_versions).values(
                object=self._slug, order_id=order.id, version=version, seen=now, doc=doc
            )
        )
        return version

    def set_client(self, order_id: str, client_id: str) -> None:
        """Remember whose order it is."""
        self._set(order_id, client_id=int(client_id))

    def rewrite(self, order_id: str, change: Callable[[Order], Order]) -> None:
        """Change an order in all its versions: for what must not be kept any more."""
        for version in self.versions(order_id):
            doc = _ORDER.dump_json(change(version.order)).decode()
            c = t.order_versions.c
            self._db.execute(
                update(t.order_versions)
                .where(c.object == self._slug, c.order_id == order_id, c.version == version.number)
                .values(doc=doc)
            )
            self._set(order_id, doc=doc)

    # Files for Torgsoft

    def unwritten(self) -> list[Stored]:
        """Return the orders that have no order file yet and that nothing holds, oldest first."""
        c = t.orders.c
        rows = self._db.execute(
            select(t.orders)
            .where(c.object == self._slug, c.phase.is_(None), c.held.is_(None))
            .order_by(c.created, c.order_id)
        )
        return [_stored(row) for row in rows]

    def lying(self) -> list[Stored]:
        """Return the orders whose file Torgsoft has not taken as far as is known, oldest first."""
        c = t.orders.c
        rows = self._db.execute(
            select(t.orders).where(c.object == self._slug, c.phase.in_(LYING)).order_by(c.created, c.order_id)
        )
        return [_stored(row) for row in rows]

    def moves_file(self, order_id: str, name: str, place: str) -> None:
        """Remember that a file of an order as it is now is about to get its real name in an outbox."""
        filed = t.orders.c.version
        self._set(order_id, file=name, phase=Phase.MOVING, place=place, filed=filed, by_hand=None)

    def wrote_file(self, order_id: str, now: datetime) -> None:
        """Remember that the file of an order lies under its real name."""
        self._set(order_id, phase=Phase.WRITTEN, written=now, taken=None)

    def found_file(self, order_id: str, name: str, place: str, now: datetime) -> None:
        """Remember that a file of an order lies in an outbox, of which nobody knows how old it is."""
        self._set(order_id, file=name, phase=Phase.WRITTEN, place=place, written=now, filed=None)

    def filed_now(self, order_id: str) -> None:
        """Remember that what Torgsoft was given is the order as it is now."""
        self._set(order_id, filed=t.orders.c.version)

    def took_file(self, order_id: str, now: datetime, by_hand: str | None = None) -> None:
        """Remember that the file of an order was found gone: Torgsoft has it, and lacks what is `by_hand`."""
        self._set(order_id, phase=Phase.TAKEN, taken=now, by_hand=by_hand)

    def withdrew_file(self, order_id: str) -> None:
        """Remember that the file of an order was taken back before Torgsoft had it."""
        self._set(order_id, phase=Phase.WITHDRAWN)

    def owes_file(self, order_id: str) -> None:
        """Remember that an order whose file was taken back is to be written, once nothing holds it."""
        self._set(order_id, phase=None, file=None, place=None, filed=None)

    def waits_for_person(self, order_id: str, why: str) -> None:
        """Remember that a person must enter an order in Torgsoft, because no file of it can be written."""
        nothing = dict.fromkeys(("phase", "file", "place", "filed", "by_hand"))
        self._set(order_id, **nothing, held=why, waits=True)

    # What Torgsoft was not told

    def handed(self, stored: Stored) -> Order | None:
        """Return an order as Torgsoft was given it, None where nobody knows."""
        c = t.order_versions.c
        doc = self._db.execute(
            select(c.doc).where(
                c.object == self._slug, c.order_id == stored.order.id, c.version == stored.filed
            )
        ).scalar()
        return _ORDER.validate_json(doc) if doc else None

    def must_be_done(self, order_id: str, filed: int | None, by_hand: str | None) -> None:
        """Remember which version Torgsoft has, and what a person must do there about the newest one."""
        self._set(order_id, filed=filed, by_hand=by_hand)

    def waiting(self) -> list[Stored]:
        """Return the orders about which something is still to be done, oldest first.

        Those that wait for a person, those that changed after Torgsoft took their file, those whose file
        is owed.
        """
        c = t.orders.c
        rows = self._db.execute(
            select(t.orders)
            .where(c.object == self._slug)
            .where(or_(c.by_hand.is_not(None), c.phase.is_(None) & (c.held.is_(None) | c.waits)))
            .order_by(c.created, c.order_id)
        )
        return [_stored(row) for row in rows]

    def confirm(self, stored: Stored, said: Confirmation) -> None:
        """Remember that Torgsoft has an order as it is now, because a person said so.

        One that waited for a person counts as taken from now on.
        """
        values: dict[str, object] = {"filed": t.orders.c.version, "by_hand": None}
        if stored.needs_person:
            values |= {"phase": Phase.TAKEN, "taken": said.at}
        self._set(stored.order.id, **values)
        self._db.execute(
            insert(t.confirmations).values(
                object=self._slug,
                order_id=stored.order.id,
                version=stored.version,
                at=said.at,
                user=said.user,
                host=said.host,
                what=said.what,
            )
        )

    def confirmations(self, order_id: str) -> list[Confirmation]:
        """Return what people said is done about an order, oldest first."""
        c = t.confirmations.c
        rows = self._db.execute(
            select(c.at, c.user, c.host, c.what)
            .where(c.object == self._slug, c.order_id == order_id)
            .order_by(c.id)
        )
        return [Confirmation(*row) for row in rows]

    # Outboxes

    def apart(self, place: str) -> bool | None:
        """Tell whether an outbox lay on another disk than the home, None where no file was put there yet."""
        c = t.outboxes.c
        query = select(c.apart).where(c.object == self._slug, c.place == place)
        return self._db.execute(query).scalar()

    def used_outbox(self, place: str, *, apart: bool) -> None:
        """Remember that files were put into an outbox, and whether it lay on another disk than the home."""
        t.upsert(self._db, t.outboxes, [{"object": self._slug, "place": place, "apart": apart}])

    def miss_outbox(self, place: str, *, missed: bool = True) -> None:
        """Remember that an outbox was found gone with files in it, or that what became of them was noted."""
        c = t.outboxes.c
        self._db.execute(
            update(t.outboxes).where(c.object == self._slug, c.place == place).values(missed=missed)
        )

    def missed(self, place: str) -> bool:
        """Tell whether an outbox was found gone with files in it."""
        c = t.outboxes.c
        query = select(c.missed).where(c.object == self._slug, c.place == place)
        return bool(self._db.execute(query).scalar())

    def twins(self) -> list[str]:
        """Return the slugs of the objects that brought home an order of this object too."""
        mine, other = t.orders.alias("mine"), t.orders.alias("other")
        slugs = self._db.execute(
            select(t.orders.c.object).distinct().where(t.orders.c.object != self._slug)
        ).scalars()
        both = (mine.c.object == self._slug) & (other.c.order_id == mine.c.order_id)
        same = both & (other.c.created == mine.c.created)
        return [
            slug
            for slug in sorted(slugs)
            if self._db.execute(select(exists().where(same, other.c.object == slug))).scalar()
        ]

    # Prom's side

    def to_accept(self) -> list[Stored]:
        """Return the new orders that Torgsoft can have and Prom was not told to be received, oldest first."""
        c = t.orders.c
        rows = self._db.execute(
            select(t.orders)
            .where(c.object == self._slug, c.status == PENDING, c.held.is_(None), c.accepted.is_(None))
            .order_by(c.created, c.order_id)
        )
        return [_stored(row) for row in rows]

    def accepted(self, order_id: str, now: datetime) -> None:
        """Remember that Prom was told that an order is received."""
        self._set(order_id, accepted=now)

    # Goods

    def foreign(self, good_ids: Iterable[str]) -> frozenset[str]:
        """Return the external ids that Prom has and that neither an export nor anything sent knows."""
        c = t.existing.c
        rows = select(c.good_id).where(c.object == self._slug, c.good_id.in_(set(good_ids)))
        for table in (t.goods, t.sent):
            same = (table.c.object == self._slug) & (table.c.good_id == c.good_id)
            rows = rows.where(~exists().where(same))
        return frozenset(self._db.execute(rows).scalars())

    def goods_of(self, prom_ids: Iterable[str]) -> Mapping[str, str]:
        """Return the external ids that products of Prom were last shown with, keyed by Prom's id."""
        c = t.existing.c
        rows = self._db.execute(
            select(c.prom_id, c.good_id).where(
                c.object == self._slug, c.prom_id.in_(set(prom_ids)), c.good_id != ""
            )
        )
        return {row.prom_id: row.good_id for row in rows}

    def good_of_sku(self, sku: str) -> str | None:
        """Return the only good of the export that goes under this article, None where none or several do."""
        c = t.desired.c
        told = json.dumps({"sku": sku}, ensure_ascii=False, separators=(",", ":"))[1:-1]
        rows = self._db.execute(
            select(c.good_id, c.content).where(
                c.object == self._slug, c.content.contains(told, autoescape=True)
            )
        )
        found = [row.good_id for row in rows if json.loads(row.content).get("sku") == sku]
        return found[0] if len(found) == 1 else None

    def beyond(self, written: datetime) -> tuple[Holding, ...]:
        """Return what orders hold of goods that an export written at a moment cannot know."""
        c = t.orders.c
        rows = self._db.execute(
            select(t.orders)
            .where(c.object == self._slug)
            .where(
                or_(
                    c.created > written,
                    c.phase.in_(LYING),
                    c.phase.is_(None) & (c.held.is_(None) | c.waits),
                    c.by_hand.is_not(None),
                    c.taken > written,
                )
            )
        ).all()
        return holdings((self._handed(_stored(row)) for row in rows), written)

    # Inside

    def _handed(self, stored: Stored) -> Handed:
        doubted = stored.by_hand is not None and stored.filed is None  # nobody knows whether Torgsoft has it
        waits = stored.phase in LYING or stored.owed or stored.needs_person or doubted
        return Handed(stored.order, waits, stored.taken, self.handed(stored) if stored.by_hand else None)

    def _is(self, order_id: str) -> ColumnElement[bool]:
        return (t.orders.c.object == self._slug) & (t.orders.c.order_id == order_id)

    def _set(self, order_id: str, **values: object) -> None:
        self._db.execute(update(t.orders).where(self._is(order_id)).values(**values))


def _stored(row: Row[Any]) -> Stored:
    return Stored(
        order=_ORDER.validate_json(row.doc),
        version=row.version,
        client_id="" if row.client_id is None else str(row.client_id),
        file=row.file,
        held=row.held,
        phase=Phase(row.phase) if row.phase else None,
        place=row.place,
        written=row.written,
        taken=row.taken,
        accepted=row.accepted,
        waits=row.waits,
        filed=row.filed,
        by_hand=row.by_hand,
    )
