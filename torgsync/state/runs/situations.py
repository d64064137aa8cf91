"""The situations of one object that people were notified of, and the addresses that could not be reached."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Row

from torgsync.core.notices.sending import FailedDelivery
from torgsync.core.notices.situations import Name, Situation, read_name
from torgsync.state.repository import Repository
from torgsync.state.schema import run_tables as t

_UNREACHED = "unreached/"
"""Before the fingerprint of an address that could not be reached."""
_encode = msgspec.json.Encoder(order="sorted").encode
_situation = msgspec.json.Decoder(Situation).decode
_failure = msgspec.json.Decoder(FailedDelivery).decode


class SituationRepository(Repository):
    """What of one object a person should know, and to whom it was said."""

    def all(self) -> dict[Name, Situation]:
        """Return every situation that is remembered."""
        return {read_name(row.name): _situation(row.record) for row in self._rows(unreached=False)}

    def replace(self, situations: Mapping[Name, Situation]) -> None:
        """Remember these situations and no others."""
        c = t.situations.c
        self._delete(t.situations, c.name.not_like(f"{_UNREACHED}%"))
        self._insert(
            t.situations,
            [
                {"name": str(name), "since": situation.since, "record": _encode(situation).decode()}
                for name, situation in situations.items()
            ],
        )

    def failures(self) -> dict[str, tuple[FailedDelivery, datetime]]:
        """Return the addresses that could not be reached when that was tried last, and since when.

        They are keyed by their fingerprints.
        """
        rows = self._rows(unreached=True)
        return {row.name.removeprefix(_UNREACHED): (_failure(row.record), row.since) for row in rows}

    def note_failure(self, address: str, failure: FailedDelivery | None, now: datetime) -> None:
        """Record that an address could not be reached, or with None that it was."""
        name = f"{_UNREACHED}{address}"
        if failure:
            since = self._scalar(t.situations.c.since, t.situations.c.name == name) or now
            row = {"name": name, "since": since, "record": _encode(failure).decode()}
            self._upsert(t.situations, [row])
        else:
            self._delete(t.situations, t.situations.c.name == name)

    def _rows(self, *, unreached: bool) -> list[Row[Any]]:
        rows = self._db.execute(self._select(t.situations).order_by(t.situations.c.name))
        return [row for row in rows if row.name.startswith(_UNREACHED) is unreached]
