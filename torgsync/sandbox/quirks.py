"""The switches of a sandbox: behaviour that is unknown or contradictory, and the rights of tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from math import inf
from typing import Literal

from torgsync.sandbox.answer_quirks import AnswerQuirks
from torgsync.sandbox.faults import out_of_range

Right = Literal["none", "read", "write"]
Section = Literal["products", "groups", "orders", "clients", "settings", "messages"]
LONGEST_IMPORT = 86_400  # seconds
LATEST_COMMISSION = 30 * 86_400  # seconds


@dataclass(frozen=True, kw_only=True)
class Quirks(AnswerQuirks):
    """Switches for the open questions of prom-api §9 and §10; they may change in a running shop.

    Those of `AnswerQuirks` are for what recorded answers look like.
    """

    last_id: Literal["exclusive", "inclusive"] = "exclusive"
    """Whether a page contains the product whose id was given (prom-api §2.1)."""
    root_group_only: bool = False
    """Whether a product list without `group_id` shows only the root group (prom-api §3.1)."""
    forbidden_as: Literal["401-html", "403-html", "403-json", "200-message"] = "200-message"
    """The answer to a token without the right (prom-api §1.3).

    It is a web page, 403 with JSON, or what a careless client takes for success: 200 with "forbidden".
    """
    api_closed: Literal["no", "401-json", "403-json", "200-message"] = "no"
    """The answer to every call where the plan of the shop has no API, else "no" (prom-api §1.2)."""
    texts: Literal["clean", "broken"] = "clean"
    """Whether texts that people typed hold half an emoji, NUL and other control characters."""
    report_unchanged: bool = False
    """Whether an edit that changes nothing is in `processed_ids` (prom-api §3.4)."""
    second_import: Literal["accept", "refuse"] = "refuse"
    """Whether an import is accepted while another one runs (prom-api §4.5)."""
    busy_import_as: Literal["400-object", "400-flat", "400-text", "200-object", "200-flat"] = "400-object"
    """The answer while another import runs: its status, and where the words are (prom-api §1.3)."""
    row_errors: Literal["flat", "external-ids", "prom-ids", "row-numbers"] = "flat"
    """How rows that an import refuses are named (prom-api §4.4)."""
    refused_file: Literal["ends", "hangs"] = "ends"
    """Whether an import of refused rows only ends, or hangs until a person cancels it (prom-api §4.4)."""
    failed_import_as: Literal["FATAL", "FAIL", "error", "failed"] = "FATAL"
    """The state of an import that failed or was cancelled (prom-api §4.4)."""
    date_filters: Literal["utc", "kyiv"] = "utc"
    """The zone of dates in filters; answers are in UTC (prom-api §10 Q9)."""
    imports_per_day: int = 10
    """How many imports are accepted in any 24 hours (prom-api §4.6)."""
    import_seconds: float = 1.5
    """How long an import takes (prom-api §4.4)."""
    deleted_lines: Literal["no-id", "no-ids", "whole"] = "no-id"
    """What lines of orders lose when their product is deleted (prom-api §5.5).

    It is id, article and address; these and the external id; or nothing.
    """
    gifts: Literal["none", "zero", "null"] = "none"
    """Whether each new order holds a gift card, with a price of 0 or without one (prom-api §13)."""
    chat_refusals: Literal["200-error", "400-error", "404-error"] = "200-error"
    """The HTTP status of what the chat refuses, which is not recorded (prom-api §6.4)."""
    quiet_orders: bool = False
    """Whether a payment, a parcel and a commission leave the modification as it was (prom-api §10 Q14)."""
    commission_seconds: float = 0
    """For how long the commission of a new order is 0 (prom-api §5.5)."""
    spreadsheets: Literal["as-asked", "wipe", "no-ids"] = "as-asked"
    """What an import of a spreadsheet changes (prom-api §4.7 is what one client saw).

    It is external ids and what `updated_fields` asks for; with "wipe", price and presence as well, which are
    emptied where their columns are missing; with "no-ids", no external id of a product that has none.
    """

    def __post_init__(self) -> None:
        if self.imports_per_day < 0:
            raise ValueError(out_of_range("imports_per_day", 0, inf))
        if not 0 <= self.import_seconds <= LONGEST_IMPORT:
            raise ValueError(out_of_range("import_seconds", 0, LONGEST_IMPORT))
        if not 0 <= self.commission_seconds <= LATEST_COMMISSION:
            raise ValueError(out_of_range("commission_seconds", 0, LATEST_COMMISSION))


@dataclass(frozen=True, kw_only=True)
class Rights:
    """The rights of a token; from `expires` on (UTC) it is unknown.

    `settings` are payment and delivery, `messages` both the old ones and the chat.
    """

    products: Right = "none"
    groups: Right = "none"
    orders: Right = "none"
    clients: Right = "none"
    settings: Right = "none"
    messages: Right = "none"
    expires: datetime | None = None

    @classmethod
    def full(cls) -> Rights:
        """Return the right to read and write everywhere."""
        return cls(
            products="write",
            groups="write",
            orders="write",
            clients="write",
            settings="write",
            messages="write",
        )

    @classmethod
    def read_only(cls) -> Rights:
        """Read everywhere, write nowhere."""
        return cls(
            products="read",
            groups="read",
            orders="read",
            clients="read",
            settings="read",
            messages="read",
        )

    def expired(self, now: datetime) -> bool:
        """Return whether the token has expired."""
        return self.expires is not None and now >= self.expires

    def allow(self, section: Section, right: Right) -> bool:
        """Return whether the section's right includes this one."""
        levels: tuple[Right, ...] = ("none", "read", "write")
        return levels.index(getattr(self, section)) >= levels.index(right)
