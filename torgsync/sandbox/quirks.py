"""The sandbox's behaviour where the real Prom.ua's is unknown or contradictory (prom-api §9, §10)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

LONGEST_IMPORT = 86_400  # seconds


@dataclass(frozen=True, kw_only=True)
class Quirks:
    """Switches for the open questions of the reference; a shop's quirks may be replaced while it runs.

    Attributes:
        last_id: whether a page contains the product whose id was given (prom-api §2.1).
        root_group_only: a product list without `group_id` shows only the root group (prom-api §3.1).
        forbidden_as: the answer to a token without the right (prom-api §1.3): a web page with 401 or 403,
            or, by default, what a careless client takes for success: 200 with a message "forbidden".
        report_unchanged: an edit that changes nothing is in `processed_ids` (prom-api §3.4).
        second_import: whether an import is accepted while another one runs (prom-api §4.5).
        date_filters: the zone of dates in filters; answers are always in UTC (prom-api §10 Q9).
        imports_per_day: imports accepted in any 24 hours (prom-api §4.6).
        import_seconds: from acceptance to the final status and the effect (prom-api §4.4).
    """

    last_id: Literal["exclusive", "inclusive"] = "exclusive"
    root_group_only: bool = False
    forbidden_as: Literal["401-html", "403-html", "200-message"] = "200-message"
    report_unchanged: bool = False
    second_import: Literal["accept", "refuse"] = "accept"
    date_filters: Literal["utc", "kyiv"] = "utc"
    imports_per_day: int = 10
    import_seconds: float = 1.5

    def __post_init__(self) -> None:
        if self.imports_per_day < 0:
            raise ValueError("imports_per_day is below 0")
        if not 0 <= self.import_seconds <= LONGEST_IMPORT:
            raise ValueError(f"import_seconds is not between 0 and {LONGEST_IMPORT}")
