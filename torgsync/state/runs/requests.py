"""The requests of runs, as the journal has them one by one or by their kinds."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct


class RequestKind(NamedTuple):
    """What requests that are counted together have in common: their endpoint and how they were answered."""

    method: str
    endpoint: str
    status: int | None
    outcome: str


class Request(Struct, frozen=True):
    """One request of a run.

    `status` is the HTTP status, None without an answer; `outcome` is "done" or the kind of the error.
    """

    sent_at: datetime
    method: str
    path: str
    items: int
    status: int | None
    outcome: str

    @property
    def endpoint(self) -> str:
        """The path without the ids in it."""
        parts = [part for part in self.path.split("/") if part]
        if parts[:2] == ["products", "by_external_id"]:
            return "products/by_external_id"
        if parts[:3] == ["products", "import", "status"]:
            return "products/import/status"
        return "/".join(parts[:2])

    @property
    def kind(self) -> RequestKind:
        """What it has in common with requests that are counted together with it."""
        return RequestKind(self.method, self.endpoint, self.status, self.outcome)
