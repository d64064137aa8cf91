"""Odd values in answers: what a program that does not expect them stumbles over."""

from __future__ import annotations

from copy import deepcopy
from random import Random
from typing import Any

BROKEN = ("\ud83d", "a\x00b", "\x1b[31m\x9b\x7f", "\ufffe\uffff", "\u202eevil", "\x85\n\r\t")
"""Texts that cannot be encoded, stored or shown as they are."""

ODD: tuple[object, ...] = (
    *(None, True, False, 0, -1, 1.5, 10**20, 10**25, 10**400, 1e300, -0.0, 2**31, 2**63),
    *(*BROKEN, "", " ", "x" * 3000, "[red]x[/]", "../../etc/passwd", "=cmd|' /C calc'!A0", "№;\t", "NaN"),
    *("0001-01-01T00:00:00+00:00", "9999-12-31T23:30:00+00:00", "9999-12-31T23:59:59-23:59", "2026-13-45"),
    *("1 234,50 грн", "1e400", "-5 грн", f"{'9' * 40} грн", "USD 5", "2147483648"),
    *("paid", "canceled", "refunded", "custom-7", "deleted", "draft"),
    *([], {}, [None], [[]], {"a": {"b": []}}, [BROKEN[0]], {BROKEN[0]: BROKEN[1]}, {"id": 1}, [1, 2, 3]),
)


def odd(answer: Any, random: Random, changes: int) -> Any:  # noqa: ANN401  # JSON may be anything
    """Return a copy of an answer in which some values are odd, missing, repeated or broken."""
    answer = deepcopy(answer)
    for _ in range(changes):
        places = list(_places(answer))
        if not places:
            break
        holder, key = random.choice(places)
        match random.randrange(8):
            case 0 if isinstance(holder, dict):
                del holder[key]
            case 0:
                holder.append(deepcopy(holder[key]))
            case 1 if isinstance(holder[key], str):
                holder[key] += random.choice(BROKEN)
            case _:
                holder[key] = deepcopy(random.choice(ODD))
    return answer


def _places(value: Any) -> Any:  # noqa: ANN401
    """Yield each dictionary or list at any depth, with each of its keys."""
    keys = list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from _places(value[key])
