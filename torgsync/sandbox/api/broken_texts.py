"""Texts as they arrive when a program cut them by bytes: half an emoji, NUL and other control characters.

JSON can write all of them as escapes, and what reads them gets text that cannot be encoded, stored or
shown (prom-api §1.3).
"""

from __future__ import annotations

from typing import Any

BREAKAGE = "\ud83d\x00\x1b\x9b"
"""Follows each text that a person typed; without it the text is as it was typed."""

_TYPED = frozenset(
    """name name_multilang description description_multilang keywords caption title client_notes comment
    client_first_name client_second_name client_last_name first_name second_name last_name client_full_name
    delivery_address city_name message""".split()
)


def broken(value: Any, *, typed: bool = False) -> Any:  # noqa: ANN401  # JSON may be anything
    """Return JSON in which every text that a person typed is broken; `typed` is whether this value is one."""
    if isinstance(value, dict):
        return {key: broken(inner, typed=typed or key in _TYPED) for key, inner in value.items()}
    if isinstance(value, list):
        return [broken(inner, typed=typed) for inner in value]
    return f"{value}{BREAKAGE}" if typed and isinstance(value, str) else value
