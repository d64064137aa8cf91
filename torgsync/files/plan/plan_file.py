"""Plans in files: JSON Lines, the head first, then a change a line, at last a digest of all before it.

A file that was cut or edited does not match its digest and is refused. And decisions in files, as CSV.
"""

from __future__ import annotations

import csv
import json
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import xxhash

from torgsync.core.plan.adopt import Decision, GoodIdentity, ProductIdentity, decision_problem
from torgsync.core.plan.diff import Change, FieldChange, Verb
from torgsync.core.plan.plan import Counts, SavedPlan
from torgsync.core.problems import ProblemCode, problem, problem_message
from torgsync.core.product.cells import key_of
from torgsync.core.product.fields import FIELDS, decode, encode
from torgsync.core.shell import quoted
from torgsync.core.text import counted
from torgsync.errors import InvalidInput, Mistake, Problem, TorgsyncError, UsageError

SCHEMA = 1
KIND = "torgsync plan"
_PLAIN = ("good_id", "prom_id", "verb", "title", "held", "reason")
"""The parts of a change that JSON holds as they are."""
NOT_LISTED = "new"
_DECISION_COLUMNS = ("good_id", "prom_id")


def write_plan(path: Path, head: SavedPlan, changes: Iterable[Change]) -> None:
    """Replace a saved plan. Raises UsageError where the file is no plan, else TorgsyncError."""
    if path.exists() and not _is_plan(path):
        raise UsageError(
            f"`{path}` is there already and is no saved plan; it stays as it is",
            hint="name another file with `--out`",
        )
    temporary = path.with_name(f".{path.name}.tmp")
    digest = xxhash.xxh3_64()
    try:
        with temporary.open("w", encoding="utf-8", newline="\n") as out:
            for document in _documents(head, changes):
                line = json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n"
                digest.update(line.encode())
                out.write(line)
            out.write(_end(digest.hexdigest()))
        temporary.replace(path)
    except OSError as trouble:
        with suppress(OSError):
            temporary.unlink()
        raise TorgsyncError(
            f"the plan cannot be saved as `{path}`: {trouble.strerror}", hint="name another file with `--out`"
        ) from trouble


def _documents(head: SavedPlan, changes: Iterable[Change]) -> Iterator[Mapping[str, object]]:
    yield {"kind": KIND, "schema": SCHEMA, **asdict(head), "made": head.made.isoformat()}
    for change in changes:
        yield {
            **{name: getattr(change, name) for name in _PLAIN},
            "fields": {
                name: [encode(FIELDS[name], moved.old), encode(FIELDS[name], moved.new)]
                for name, moved in change.fields.items()
            },
        }


def _is_plan(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return _is_head(file.readline())
    return False


def read_head(path: Path, option: str = "") -> SavedPlan:
    """Return the head of a saved plan; `option` names the object in hints.

    Raises InvalidInput where the file is no plan, or not whole.
    """
    lines = _lines(path, option)
    head = next(lines)
    deque(lines, maxlen=0)  # the digest is at the end
    try:
        return SavedPlan(
            **{name: head[name] for name in ("id", "object", "user", "host", "settings", "export", "state")},
            made=datetime.fromisoformat(head["made"]),
            counts=Counts(**head["counts"]),
            fields=tuple(head["fields"]),
            allow=tuple(head["allow"]),
            undoes=int(head.get("undoes", 0)),
        )
    except (KeyError, TypeError, ValueError) as wrong:
        raise _no_plan(path, option) from wrong


def read_changes(path: Path) -> Iterator[Change]:
    """Yield the changes of a saved plan, in its order."""
    lines = _lines(path)
    next(lines)
    for line in lines:
        fields = {
            name: FieldChange(decode(FIELDS[name], old), decode(FIELDS[name], new))
            for name, (old, new) in line["fields"].items()
        }
        yield Change(**{name: line[name] for name in _PLAIN} | {"verb": Verb(line["verb"]), "fields": fields})


def _lines(path: Path, option: str = "") -> Iterator[dict[str, Any]]:
    """Yield the documents of a file but the digest, which is compared at the end."""
    digest, last = xxhash.xxh3_64(), b""
    try:
        with path.open("rb") as file:
            last = file.readline()
            if not _is_head(last):
                raise _no_plan(path, option)
            for line in file:
                digest.update(last)
                yield json.loads(last)
                last = line
    except OSError as trouble:
        raise InvalidInput(f"the plan `{path}` cannot be read: {trouble.strerror}") from trouble
    except ValueError as wrong:
        raise _not_whole(path, option) from wrong
    if last != _end(digest.hexdigest()).encode():
        raise _not_whole(path, option)


def _is_head(line: bytes) -> bool:
    with suppress(ValueError):
        head = json.loads(line)
        return isinstance(head, dict) and head.get("kind") == KIND
    return False


def _end(digest: str) -> str:
    return json.dumps({"digest": digest}) + "\n"


def _not_whole(path: Path, option: str) -> InvalidInput:
    return InvalidInput(
        f"the plan `{path}` is not whole: it was cut, or changed by hand",
        hint=f"make it anew: torgsync update --out {quoted(str(path))}{option}",
    )


def _no_plan(path: Path, option: str) -> InvalidInput:
    hint = f"save one with: torgsync update --out {quoted(str(path))}{option}"
    return InvalidInput(f"`{path}` is no saved plan", hint=hint)


def read_decisions(
    path: Path, goods: Mapping[str, GoodIdentity], products: Mapping[str, ProductIdentity]
) -> list[Decision]:
    """Return what a person decided about goods that no rule can match to a product, in the file's order.

    The file is CSV with `good_id` and `prom_id`, as `torgsync object adopt --format csv` writes them; other
    columns are ignored. A line without one of both decides nothing; `new` says that the good is none of the
    products. A spreadsheet may have respelled the numbers. Raises InvalidInput with every mistake and its
    line.
    """
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as trouble:
        reason = trouble.strerror if isinstance(trouble, OSError) else "it is not UTF-8"
        raise InvalidInput(f"the decisions `{path}` cannot be read: {reason}") from trouble
    lines = text.splitlines()
    delimiter = ";" if lines and ";" in lines[0] and "," not in lines[0] else ","
    rows = csv.DictReader(lines, delimiter=delimiter)
    if missing := [name for name in _DECISION_COLUMNS if name not in (rows.fieldnames or ())]:
        raise InvalidInput(
            f"the decisions `{path}` have no column `{missing[0]}`",
            hint="the first line names the columns, `good_id` and `prom_id` among them; "
            "`torgsync object adopt --format csv` writes such a file",
        )
    decisions: list[Decision] = []
    mistakes: list[Mistake] = []
    for row in rows:
        good_id, prom_id = (key_of(row.get(name) or "") for name in _DECISION_COLUMNS)
        if not (good_id and prom_id):
            continue
        decision = Decision(good_id, None if prom_id.casefold() == NOT_LISTED else prom_id, rows.line_num)
        if why := _repeated(decision, decisions) or decision_problem(decision, goods, products):
            mistakes.append(Mistake(rows.line_num, good_id, problem_message(why)))
        else:
            decisions.append(decision)
    if mistakes:
        number = counted(len(mistakes), "mistake")
        raise InvalidInput(f"{number} in the decisions `{path}`", mistakes=tuple(mistakes))
    return decisions


def _repeated(decision: Decision, earlier: list[Decision]) -> Problem | None:
    for other in earlier:
        if other.good_id == decision.good_id:
            return problem(ProblemCode.GOOD_DECIDED, line=other.line)
        if other.prom_id and other.prom_id == decision.prom_id:
            code = ProblemCode.PRODUCT_DECIDED
            return problem(code, line=other.line, prom_id=other.prom_id, good_id=other.good_id)
    return None
