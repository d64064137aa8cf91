"""What a person decided about goods that no rule can match to a product, in a CSV file."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from torgsync.core.plan.adopt import Decision, GoodIdentity, ProductIdentity, decision_problem
from torgsync.core.problems import ProblemCode, problem, problem_message
from torgsync.core.product.cells import key_of
from torgsync.disk import read_text
from torgsync.errors import Mistake, NamedFileInvalid, Problem
from torgsync.i18n import Message, _, _n
from torgsync.system import reason

NOT_LISTED = "new"
_COLUMNS = ("good_id", "prom_id")


def text_of_decisions(path: Path) -> str:
    """Return what is in a file of decisions. Raises NamedFileInvalid where it cannot be read."""
    try:
        return read_text(path)
    except (OSError, UnicodeDecodeError) as trouble:
        why = reason(trouble) if isinstance(trouble, OSError) else _("it is not UTF-8 text")
        what = _("the decisions `{path}` cannot be read: {why}", path=path, why=why)
        hint = _("`torgsync object adopt --format csv` writes such a file")
        raise NamedFileInvalid(what, hint=hint) from trouble


def read_decisions(
    path: Path, goods: Mapping[str, GoodIdentity], products: Mapping[str, ProductIdentity]
) -> list[Decision]:
    """Return what a person decided about goods that no rule can match to a product, in the file's order.

    The file is CSV with `good_id` and `prom_id`, as `torgsync object adopt --format csv` writes them; other
    columns are ignored. A line without one of both decides nothing; `new` says that the good is none of the
    products. A spreadsheet may have respelled the numbers. Raises NamedFileInvalid with every mistake and its
    line.
    """
    text = text_of_decisions(path)
    lines = text.splitlines()
    delimiter = ";" if lines and ";" in lines[0] and "," not in lines[0] else ","
    reader = csv.reader(lines, delimiter=delimiter)
    try:
        rows = [(reader.line_num, row) for row in reader]
    except csv.Error as wrong:  # a cell of more than 128 KiB
        what = _("a cell is too long; is a quotation mark missing before it?")
        mistake = Mistake(reader.line_num, "", what)
        raise NamedFileInvalid(_counted(path, 1), mistakes=(mistake,)) from wrong
    names = rows[0][1] if rows else []
    if missing := [name for name in _COLUMNS if name not in names]:
        raise NamedFileInvalid(
            _("the decisions `{path}` have no column `{column}`", path=path, column=missing[0]),
            hint=_(
                "the first line names the columns, `good_id` and `prom_id` among them; "
                "`torgsync object adopt --format csv` writes such a file"
            ),
        )
    decisions: list[Decision] = []
    mistakes: list[Mistake] = []
    for number, cells in rows[1:]:
        row = dict(zip(names, cells, strict=False))
        good_id, prom_id = (key_of(row.get(name, "")) for name in _COLUMNS)
        if not (good_id and prom_id):
            continue
        decision = Decision(good_id, None if prom_id.casefold() == NOT_LISTED else prom_id, number)
        if found := _repeated(decision, decisions) or decision_problem(decision, goods, products):
            mistakes.append(Mistake(number, good_id, problem_message(found)))
        else:
            decisions.append(decision)
    if mistakes:
        raise NamedFileInvalid(_counted(path, len(mistakes)), mistakes=tuple(mistakes))
    return decisions


def _counted(path: Path, mistakes: int) -> Message:
    return _n(
        "{count} mistake in the decisions `{path}`",
        "{count} mistakes in the decisions `{path}`",
        mistakes,
        path=path,
    )


def _repeated(decision: Decision, earlier: list[Decision]) -> Problem | None:
    for other in earlier:
        if other.good_id == decision.good_id:
            return problem(ProblemCode.GOOD_DECIDED, line=other.line)
        if other.prom_id and other.prom_id == decision.prom_id:
            code = ProblemCode.PRODUCT_DECIDED
            return problem(code, line=other.line, prom_id=other.prom_id, good_id=other.good_id)
    return None
