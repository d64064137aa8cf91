"""Read what a person decided about goods that no rule can match to a product.

The file is CSV with the columns `good_id` and `prom_id`, as `torgsync object adopt --format csv` writes them;
other columns are ignored. A line without one of both decides nothing; `new` says that the good is none of the
products.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from torgsync.core.plan.adopt import Decision, GoodIdentity, ProductIdentity, decision_mistake
from torgsync.core.text import counted
from torgsync.errors import InvalidInput, Mistake

NEW = "new"
_NEEDED = ("good_id", "prom_id")


def read_decisions(
    path: Path, goods: Mapping[str, GoodIdentity], products: Mapping[str, ProductIdentity]
) -> list[Decision]:
    """Return the decisions of a file, in its order. Raises InvalidInput with every mistake and its line."""
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as trouble:
        reason = trouble.strerror if isinstance(trouble, OSError) else "it is not UTF-8"
        raise InvalidInput(f"the decisions `{path}` cannot be read: {reason}") from trouble
    lines = text.splitlines()
    delimiter = ";" if lines and ";" in lines[0] and "," not in lines[0] else ","
    rows = csv.DictReader(lines, delimiter=delimiter)
    if missing := [name for name in _NEEDED if name not in (rows.fieldnames or ())]:
        raise InvalidInput(
            f"the decisions `{path}` have no column `{missing[0]}`",
            hint="the first line names the columns, `good_id` and `prom_id` among them; "
            "`torgsync object adopt --format csv` writes such a file",
        )
    decisions: list[Decision] = []
    mistakes: list[Mistake] = []
    for row in rows:
        good_id, prom_id = ((row.get(name) or "").strip() for name in _NEEDED)
        if not (good_id and prom_id):
            continue
        decision = Decision(good_id, None if prom_id.casefold() == NEW else prom_id, rows.line_num)
        if why := _repeated(decision, decisions) or decision_mistake(decision, goods, products):
            mistakes.append(Mistake(rows.line_num, good_id, why))
        else:
            decisions.append(decision)
    if mistakes:
        number = counted(len(mistakes), "mistake")
        raise InvalidInput(f"{number} in the decisions `{path}`", mistakes=tuple(mistakes))
    return decisions


def _repeated(decision: Decision, earlier: list[Decision]) -> str:
    for other in earlier:
        if other.good_id == decision.good_id:
            return f"line {other.line} decides about it too; leave one line a good"
        if other.prom_id is not None and other.prom_id == decision.prom_id:
            return f"line {other.line} gives product {other.prom_id} to the good `{other.good_id}`"
    return ""
