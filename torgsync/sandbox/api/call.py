"""A request as the endpoints see it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from torgsync.sandbox.api.answers import Language
from torgsync.sandbox.faults import FaultHit

# Prom says this in English whatever the language (prom-api §1.3); the sandbox's other English texts are
# invented after it.
VALUE_NOT_ALLOWED = "This status value is not allowed"


@dataclass(frozen=True, kw_only=True)
class Upload:
    """The two parts of an import by file: the file, None where it is missing, and the settings as text."""

    file: bytes | None
    data: str


@dataclass(frozen=True, kw_only=True)
class Call:
    """One request as the handlers see it. `body` is the JSON with exact decimals, or None.

    `hit` is the fault that fired for it, None without one.
    """

    query: Mapping[str, str]
    language: Language = "ru"
    body: Any = None
    upload: Upload | None = None
    hit: FaultHit | None = None


def parse_json(text: str | bytes) -> Any:  # noqa: ANN401 - JSON may be anything
    """Parse JSON with exact decimals; raise ValueError where it is none, or holds NaN or Infinity."""

    def refuse(constant: str) -> None:
        raise ValueError(f"{constant} is no JSON number")

    return json.loads(text, parse_float=Decimal, parse_constant=refuse)


def refusal(message: str) -> dict[str, Any]:
    """Return the answer of a refused import or parcel."""
    return {"status": "error", "message": message}
