"""Plans in files: JSON Lines, the head first, then a change a line, at last a digest of all before it.

A file that was cut or edited does not match its digest and is refused. So is one whose lines are none of a
plan, for anybody can make a digest.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from decimal import Decimal
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Any

import xxhash

from torgsync import disk
from torgsync.core.plan.diff import Change, FieldChange, Verb
from torgsync.core.plan.plan import SavedPlan
from torgsync.core.product.documents import SHAPES
from torgsync.core.product.fields import FIELDS, decode, encode
from torgsync.core.shell import quoted
from torgsync.core.text import UNSHOWN, shown
from torgsync.errors import NamedFileInvalid, TorgsyncError, UsageError
from torgsync.i18n import Message, _
from torgsync.system import reason

SCHEMA = 1
KIND = "torgsync plan"
_OTHER = _("name another file with `--out`")
_PLAIN = ("good_id", "prom_id", "verb", "title", "held", "reason")
"""The parts of a change that JSON holds as they are."""
_LONGEST = 16 * 1024 * 1024
"""Bytes of the longest line that is read: one change with all its texts is far shorter."""
_YEARS = range(1970, 3000)
_LONGEST_KEY, _LONGEST_WORD = 1000, 100
"""Letters of the longest id of a good or a product, and of the longest name of a guard or a reason."""
_MOST = 10**15
"""No number of a plan reaches it: neither a price nor a quantity."""
_PARTS = 30
"""Decimals of the longest number."""


@dataclass(frozen=True, slots=True)
class _ChangeLine:
    """One change as its line holds it."""

    good_id: str
    verb: Verb
    title: str
    fields: dict[str, tuple[Any, Any]]
    held: str | None = None
    prom_id: str = ""
    reason: str = ""


def write_plan(path: Path, head: SavedPlan, changes: Iterable[Change]) -> None:
    """Replace a saved plan. Raises UsageError where the file is no plan, else TorgsyncError."""
    digest = xxhash.xxh3_64()
    try:
        if path.exists() and not _is_plan(path):
            raise UsageError(
                _("`{path}` exists already and is not a saved plan; it stays as it is", path=path),
                hint=_OTHER,
            )
        with disk.replacing(path) as out:
            for document in _documents(head, changes):
                line = _line(document)
                digest.update(line)
                out.write(line)
            out.write(_end(digest.hexdigest()))
    except OSError as trouble:
        kind = TorgsyncError if trouble.errno in {ENOSPC, EDQUOT} else UsageError
        why = _("the plan cannot be saved as `{path}`: {why}", path=path, why=reason(trouble))
        raise kind(why, hint=_OTHER) from trouble


def _documents(head: SavedPlan, changes: Iterable[Change]) -> Iterator[Mapping[str, object]]:
    yield {
        "kind": KIND,
        "schema": SCHEMA,
        **asdict(head),
        "made": head.made.isoformat(),
        "fields": head.choice.fields,
    }
    for change in changes:
        yield {
            **{name: getattr(change, name) for name in _PLAIN},
            "title": shown(change.title),
            "fields": {
                name: [encode(FIELDS[name], moved.old), encode(FIELDS[name], moved.new)]
                for name, moved in change.fields.items()
            },
        }


def _line(document: Mapping[str, object]) -> bytes:
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":")) + "\n").encode()


def _is_plan(path: Path) -> bool:
    with disk.open_file(path) as file:
        return _is_head(file.readline(_LONGEST))


def read_head(path: Path, option: str = "") -> SavedPlan:
    """Return the head of a saved plan; `option` names the object in hints.

    All its lines are looked at. Raises NamedFileInvalid where the file is no plan, or not whole.
    """
    from pydantic import TypeAdapter  # noqa: PLC0415  # only saved plans need it here
    from pydantic_core import from_json  # noqa: PLC0415  # as above

    lines = _lines(path, option)
    first = next(lines)
    deque(_changes(path, lines, option), maxlen=0)
    try:
        document = from_json(first)
        # Before goods could be chosen, plans had fields alone.
        fields = TypeAdapter(tuple[str, ...]).validate_python(document["fields"])
        head = TypeAdapter(SavedPlan).validate_python({"choice": {"fields": fields}, **document})
        _check_numbers(asdict(head))
    except (ArithmeticError, LookupError, TypeError, ValueError) as wrong:
        raise _no_plan(path, option) from wrong
    known = FIELDS.keys() >= set(head.choice.fields)
    if head.made.tzinfo is None or head.made.year not in _YEARS or not known:
        raise _no_plan(path, option)
    return head


def read_changes(path: Path) -> Iterator[Change]:
    """Yield the changes of a saved plan, in its order. Raises like `read_head`."""
    lines = _lines(path)
    next(lines)
    return _changes(path, lines)


def _changes(path: Path, lines: Iterable[bytes], option: str = "") -> Iterator[Change]:
    """Yield the changes in the lines between head and digest."""
    from pydantic import TypeAdapter  # noqa: PLC0415  # as above

    reader = TypeAdapter(_ChangeLine)
    kinds = {kind: TypeAdapter(shape) for kind, shape in SHAPES.items()}
    for line in lines:
        try:
            read = reader.validate_json(line)
            fields = {}
            for name, pair in read.fields.items():
                field, valid = FIELDS[name], kinds[FIELDS[name].kind].validate_python
                fields[name] = FieldChange(*(valid(decode(field, side), strict=True) for side in pair))
                _check_numbers(fields[name].old, least=-_MOST)  # whatever Prom shows
                _check_numbers(fields[name].new)
            _check_texts(read)
        except (ArithmeticError, LookupError, TypeError, ValueError) as wrong:
            raise _not_whole(path, option) from wrong
        yield Change(
            read.good_id, read.verb, read.title, fields, read.held, prom_id=read.prom_id, reason=read.reason
        )


def _check_texts(line: _ChangeLine) -> None:
    """Raise ValueError where a change is of no product, or has a text that no plan has."""
    keys, words = (line.good_id, line.prom_id), (line.held or "", line.reason)
    if not any(keys) or max(map(len, keys)) > _LONGEST_KEY or max(map(len, words)) > _LONGEST_WORD:
        raise ValueError
    if any(map(UNSHOWN.search, (*keys, *words, line.title))):
        raise ValueError


def _check_numbers(value: object, least: int = 0) -> None:
    """Raise ValueError or ArithmeticError where a number, alone or inside of it, is out of bounds."""
    if isinstance(value, Mapping | tuple):
        for part in value.values() if isinstance(value, Mapping) else value:
            _check_numbers(part, least)
    elif isinstance(value, Decimal):
        if not 0 <= value < _MOST or -int(value.as_tuple().exponent) > _PARTS:
            raise ValueError
    elif isinstance(value, int) and not least <= value < _MOST:
        raise ValueError


def _lines(path: Path, option: str = "") -> Iterator[bytes]:
    """Yield the lines of a file but the digest, which is compared at the end."""
    digest, last = xxhash.xxh3_64(), b""
    try:
        with disk.open_file(path) as file:
            last = file.readline(_LONGEST)
            if not _is_head(last):
                raise _no_plan(path, option)
            schema = json.loads(last).get("schema")
            if schema != SCHEMA:
                newer = isinstance(schema, int) and schema > SCHEMA
                raise _newer(path) if newer else _no_plan(path, option)
            while line := file.readline(_LONGEST):
                digest.update(last)
                yield last
                last = line
    except OSError as trouble:
        why = _("the plan `{path}` cannot be read: {why}", path=path, why=reason(trouble))
        raise NamedFileInvalid(why, hint=_saving(path, option)) from trouble
    if last != _end(digest.hexdigest()):
        raise _not_whole(path, option)


def _is_head(line: bytes) -> bool:
    with suppress(ValueError, RecursionError):
        head = json.loads(line)
        return isinstance(head, dict) and head.get("kind") == KIND
    return False


def _end(digest: str) -> bytes:
    return (json.dumps({"digest": digest}) + "\n").encode()


def _newer(path: Path) -> NamedFileInvalid:
    return NamedFileInvalid(
        _("the plan `{path}` was saved by a newer torgsync", path=path),
        hint=_("update this program: `pip install --upgrade torgsync`"),
    )


def _not_whole(path: Path, option: str) -> NamedFileInvalid:
    return NamedFileInvalid(
        _("the plan `{path}` is not complete: it was cut off, or changed by hand", path=path),
        hint=_saving(path, option),
    )


def _no_plan(path: Path, option: str) -> NamedFileInvalid:
    return NamedFileInvalid(_("`{path}` is not a saved plan", path=path), hint=_saving(path, option))


def _saving(path: Path, option: str) -> Message:
    """Return the command that makes a plan, in the place of this one unless that is no plan's."""
    place: str = _("FILE")
    with suppress(OSError):
        place = quoted(str(path)) if not os.path.lexists(path) or _is_plan(path) else place
    return _("make a plan and save it: torgsync update --out {place}{option}", place=place, option=option)
