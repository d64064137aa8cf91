"""What the JSON of a plan promises to other programs, as JSON Schemas; tests hold it.

Decimals are texts with a point, quantities numbers. `old` and `new` are values of any shape; a creation has
`old` null throughout.

Source: docs/developers/architecture.md §3.
"""

from __future__ import annotations

from typing import Any

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
OR_NULL = {"type": ["string", "null"]}


def record(**keys: Any) -> dict[str, Any]:  # noqa: ANN401  # a schema of any shape
    """Return the schema of an object with exactly these keys."""
    return {"type": "object", "required": list(keys), "properties": keys, "additionalProperties": False}


CHANGE = record(
    good_id=OR_NULL,
    prom_id=OR_NULL,
    verb={"enum": ["create", "update", "remove"]},
    title=TEXT,
    via={"enum": ["edit", "import"]},
    held={
        "enum": [
            None,
            "price",
            "removals",
            "deletions",
            "stock-out",
            "photos",
            "export-rows",
            "identity",
            "moved",
        ]
    },
    reason=OR_NULL,
    fields={
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": "^[a-z_]+$"},
        "additionalProperties": {
            "type": "object",
            "required": ["old", "new"],
            "properties": {"old": {}, "new": {}, "edited_on_prom": {"const": True}, "last_sent": {}},
            "additionalProperties": False,
        },
    },
)

FINDING = record(
    code={"type": "string", "pattern": "^[a-z-]+$"},
    severity={"enum": ["error", "warning", "notice"]},
    good_id=OR_NULL,
    file=OR_NULL,
    line={"type": ["integer", "null"], "minimum": 1},
    column=OR_NULL,
    value=OR_NULL,
    message=TEXT,
)
FINDING["properties"]["order"] = OR_NULL  # only findings about orders have it

GUARD = record(guard=TEXT, good_id=OR_NULL, saw=TEXT, limit=TEXT, cause=TEXT, allow=TEXT)
GUARD["properties"] |= {  # of some guards only
    "remedy": TEXT,
    "waiting": COUNT,
    "pairs": {"type": "array", "items": record(old=TEXT, new=TEXT)},
}

PLAN: dict[str, Any] = {
    "schema": {"const": 1},
    "object": TEXT,
    "plan": {"type": "string", "pattern": "^[0-9a-f]{8}$"},
    "export": record(path=TEXT, goods=COUNT, encoding={"enum": ["utf-8", "cp1251"]}),
    "counts": record(
        create=COUNT,
        update=COUNT,
        remove=COUNT,
        held=COUNT,
        skipped=COUNT,
        unchanged=COUNT,
        foreign=COUNT,
        to_send=COUNT,
    ),
    "changes": {"type": "array", "items": CHANGE},
    "findings": {"type": "array", "items": FINDING},
    "skipped": {"type": "object", "additionalProperties": COUNT},
    "skipped_goods": {
        "type": "array",
        "items": record(
            good_id=TEXT,
            title=OR_NULL,
            line={"type": ["integer", "null"], "minimum": 1},
            reason={"type": "string", "pattern": "^[a-z-]+$"},
            message=TEXT,
        ),
    },
    "foreign_products": {
        "type": "array",
        "items": record(prom_id=TEXT, external_id=OR_NULL, title=TEXT, status=OR_NULL),
    },
    "left_alone": {"type": "object", "additionalProperties": COUNT},
    "edited_on_prom": COUNT,
    "pending": COUNT,
    "choice": {
        "oneOf": [
            {"type": "null"},
            record(
                fields={"type": "array", "items": TEXT},
                goods={"type": "array", "items": TEXT},
                groups={"type": "array", "items": TEXT},
                first={"type": ["integer", "null"], "minimum": 1},
                variants=COUNT,
            ),
        ]
    },
    "dark": record(products=COUNT, pieces=COUNT, worth={"type": "string", "pattern": r"^\d+\.\d\d$"}),
    "deletions": record(now=COUNT, later=COUNT),
    "guards": {
        "type": "array",
        "items": GUARD,
    },
    "overrides": {
        "type": "array",
        "items": record(guard=TEXT, good_id=OR_NULL, saw=TEXT, limit=TEXT, allowed=TEXT),
    },
    "unmet": {"type": "array", "items": TEXT},
    "allow_all": OR_NULL,
    "budget": record(requests=COUNT, imports=COUNT, imports_left=COUNT),
}

UPDATE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "The pending changes of a sync object, as `torgsync update --format json` prints them",
    **record(**PLAN, stateless={"type": "boolean"}),
}

_AGE = {"type": ["integer", "null"]}


def _or_null(**keys: Any) -> dict[str, Any]:  # noqa: ANN401  # as above
    return record(**keys) | {"type": ["object", "null"]}


STATUS = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "How sync objects stand, as `torgsync status --format json` prints it",
} | record(
    schema={"const": 1},
    objects={
        "type": "array",
        "items": record(
            slug=TEXT,
            object=TEXT,
            error=_or_null(kind=TEXT, message=TEXT),
            last_success=OR_NULL,
            last_success_age=_AGE,
            last_run=_or_null(run=_AGE, started=TEXT, finished=OR_NULL, exit=_AGE),
            plan=_or_null(made=TEXT, run=_AGE, pending=COUNT, held=COUNT),
            orders=_or_null(fetched=OR_NULL, waiting=COUNT, in_outbox=COUNT, unwritten=COUNT),
            imports_left=_AGE,
            export=_or_null(path=TEXT, written=OR_NULL, age=_AGE),
            next=OR_NULL,
            late=_AGE,
            missed_since=OR_NULL,
            running=_or_null(user=TEXT, host=TEXT, pid={"type": "integer"}, since=OR_NULL),
        ),
    },
    guards={
        "type": "array",
        "items": record(
            guard=TEXT,
            held={"type": "boolean"},
            shops=_AGE,
            known=_AGE,
            since=OR_NULL,
            until=OR_NULL,
            user=OR_NULL,
            host=OR_NULL,
            at=OR_NULL,
        ),
    },
)
"""The document of `status --format json`; times are in UTC, ages in seconds."""
