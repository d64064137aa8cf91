"""A kept plan and an approval as values. The changes of the plan are in the state."""

from __future__ import annotations

from datetime import datetime

from msgspec import Struct

from torgsync.core.plan.guards import GuardViolation

DIGITS = 8
"""Hexadecimal digits of the name of a kept plan."""


class KeptPlan(Struct, frozen=True):
    """What the run `run` held, and the violations for which it did; `number` is its plan in the state.

    `name` is the id of that plan. `undoes` is the run that the plan was to turn back, 0 for none.
    """

    name: str
    run: int
    number: int
    at: datetime
    violations: tuple[GuardViolation, ...]
    undoes: int = 0


class Approval(Struct, frozen=True):
    """The kept plan of which a person let something through: its name, and the run that held it."""

    name: str
    run: int
