"""What the JSON documents promise to other programs, as JSON Schemas. Source: docs/developers/architecture.md
§3."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from torgsync.cli.plan import schemas as published
from torgsync.cli.plan.schemas import COUNT, FINDING, OR_NULL, PLAN, TEXT, record
from torgsync.core.plan.rollback import Obstacle

UPDATE = published.UPDATE
_OF_EXPORT = ("export", "findings", "skipped_goods", "foreign_products")

NUMBER = {"type": "integer", "minimum": 1}


def items(**parts: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return the schema of a list of records."""
    return {"type": "array", "items": record(**parts)}


def some(names: str) -> dict[str, Any]:
    """Return the schema of a record that may be null, with at least these parts."""
    return {"type": ["object", "null"], "required": names.split()}


def counts(names: str) -> dict[str, Any]:
    """Return the schema of a record of counts."""
    return record(**dict.fromkeys(names.split(), COUNT))


OUTCOME = record(
    good_id=OR_NULL,
    verb={"enum": ["create", "update", "remove"]},
    state={"enum": ["done", "refused", "unclear", "deferred"]},
    message=TEXT,
)

ERROR = record(
    kind={"type": "string", "pattern": "^[a-z-]+$"},
    exit={"type": "integer", "minimum": 1},
    message={"type": "string", "minLength": 1},
    hint=OR_NULL,
)
ERROR["properties"]["mistakes"] = items(line=COUNT, where=TEXT, message=TEXT)
ERROR["properties"]["unlisted"] = COUNT

SYNC = record(
    **PLAN,
    outcomes={"type": "array", "items": OUTCOME},
    settled={"type": "array", "items": OUTCOME},
    orders=counts("new changed unmapped held ambiguous accepted files open taken"),
    requests=record(
        total=COUNT,
        by_endpoint={
            "type": "object",
            "propertyNames": {"pattern": "^(GET|POST) [a-z_/]+$"},
            "additionalProperties": COUNT,
        },
    ),
    imports=COUNT,
    portal={"type": "string", "pattern": "^https?://[^/]+/$"},
    seconds={"type": "number", "minimum": 0},
    run={**NUMBER, "type": ["integer", "null"]},
    kept=OR_NULL,
    exit=COUNT,
)
SYNC["properties"]["error"] = ERROR
APPROVE = record(
    **{key: part for key, part in SYNC["properties"].items() if key not in ("orders", "error")},
    approved=record(plan=TEXT, run=NUMBER),
)
APPROVE["properties"]["export"] = {"anyOf": [PLAN["export"], {"const": None}]}  # of a way back
APPROVE["properties"]["error"] = ERROR

WHY = record(
    schema={"const": 1},
    object=TEXT,
    good=record(
        good_id=TEXT,
        title=TEXT,
        fate={"type": "string", "pattern": "^[a-z-]+$"},
        causes={"type": "object", "additionalProperties": {"type": "array", "items": TEXT}},
        message=TEXT,
        standing={"enum": ["in", "out", "blocked", "gone"]},
        deletion=OR_NULL,
        export_problem=OR_NULL,
        row={
            "oneOf": [
                {"type": "null"},
                record(
                    file=TEXT,
                    lines={"type": "array", "minItems": 1, "items": NUMBER},
                    columns=items(
                        column=TEXT,
                        value=TEXT,
                        to=TEXT,
                        name=OR_NULL,
                        owner=TEXT,
                        replaced=OR_NULL,
                        unsent=OR_NULL,
                    ),
                    price_steps={"type": "array", "items": TEXT},
                    filters=items(filter=TEXT, passes={"type": "boolean"}, message=TEXT),
                    centers=items(
                        center=TEXT,
                        file=TEXT,
                        value=OR_NULL,
                        quantity={"type": ["number", "null"]},
                        counted={"type": "boolean"},
                    ),
                    variants=record(
                        model=OR_NULL,
                        group={"type": ["integer", "null"], "minimum": 1},
                        alone=OR_NULL,
                        sisters=items(
                            good_id=TEXT,
                            title=OR_NULL,
                            differs=items(name=TEXT, unit=TEXT, value=TEXT),
                            lacks={"type": "array", "items": TEXT},
                            out=OR_NULL,
                            alone=OR_NULL,
                        ),
                    ),
                    reason=OR_NULL,
                    unreadable={"type": "array", "items": TEXT},
                ),
            ]
        },
        photos=items(
            file=TEXT,
            address=OR_NULL,
            flaws={"type": "array", "items": TEXT},
            published={"type": ["boolean", "null"]},
            status={"type": ["integer", "null"]},
            fault=OR_NULL,
        ),
        findings={"type": "array", "items": FINDING},
        desired={"type": ["object", "null"]},
        sent=some("at values"),
        looked=OR_NULL,
        existing=some("prom_id external_id modified removed values"),
        change=some("verb via held fields"),
        adopted=some("prom_id by at user"),
        candidates={"type": "array", "items": TEXT},
        sold=items(order=TEXT, quantity={"type": "number"}),
        left_alone={"type": "array", "items": TEXT},
        held=some("guard saw allow"),
        refusal=some("at message current"),
        attempts={
            "type": "array",
            "items": some("at run approved state message verb via held fields") | {"type": "object"},
        },
    ),
)

_PLAN = {key: part for key, part in PLAN.items() if key not in _OF_EXPORT}
ROLLBACK = record(
    **_PLAN,
    export={"const": None},
    turns_back=record(run=NUMBER, not_done=COUNT, anew=COUNT, hidden=COUNT),
    remains=items(
        good_id=OR_NULL,
        prom_id=OR_NULL,
        title=TEXT,
        field=OR_NULL,
        reason={"enum": [str(reason) for reason in Obstacle]},
        message=TEXT,
    ),
)
_OF_RUN = ("requests", "imports", "portal", "seconds", "run", "kept", "exit")
ROLLBACK_DONE = record(
    **ROLLBACK["properties"],
    **{key: SYNC["properties"][key] for key in (*_OF_RUN, "outcomes", "settled")},
)
ROLLBACK_DONE["properties"]["error"] = ERROR

OVERRIDE = record(
    guard=TEXT,
    allowed=TEXT,
    saw=TEXT,
    at=TEXT,
    user=TEXT,
    host=TEXT,
    plan=OR_NULL,
    plan_run={"type": ["integer", "null"]},
)

RUN = record(
    run=NUMBER,
    started={"type": "string", "format": "date-time", "pattern": "[+]00:00$"},
    finished=OR_NULL,
    seconds={"type": ["number", "null"], "minimum": 0},
    user=TEXT,
    host=TEXT,
    state={"enum": ["finished", "running", "died"]},
    exit={"type": ["integer", "null"]},
    counts=counts("done refused unclear deferred held open"),
    requests=COUNT,
    imports=COUNT,
    totals_only={"type": "boolean"},
    external_ids={"anyOf": [{"type": "null"}, record(written=COUNT, changed=COUNT)]},
    orders=COUNT,
    parcels=COUNT,
    messages=COUNT,
    unclear_messages=COUNT,
    kept=OR_NULL,
    stale={"anyOf": [{"type": "null"}, record(plan=TEXT, run=COUNT)]},
    overrides={"type": "array", "items": OVERRIDE},
    undoes={"type": ["integer", "null"]},
    undone_by={"type": "array", "items": {"type": "integer"}},
)

HISTORY = record(schema={"const": 1}, object=TEXT, runs={"type": "array", "items": RUN})

_CHANGE = published.CHANGE["properties"]
HISTORY_RUN = record(
    schema={"const": 1},
    object=TEXT,
    run=RUN,
    changes=items(**_CHANGE, state={"enum": [None, "done", "refused", "unclear", "deferred"]}, message=TEXT),
    requests=items(
        sent_at=TEXT,
        method={"enum": ["GET", "POST"]},
        path={"type": "string", "pattern": "^/[^?]+$"},
        items=COUNT,
        status={"type": ["integer", "null"]},
        outcome=OR_NULL,
    ),
)

_FAILURE = {"type": "integer", "minimum": 1}
FAILED = record(schema={"const": 1}, error=ERROR, exit=_FAILURE)
FAILED_OF_SEVERAL = record(schema={"const": 1}, object=TEXT, error=ERROR, exit=_FAILURE)


def valid(document: Any, schema: dict[str, Any]) -> None:  # noqa: ANN401  # whatever the program printed
    """Hold a document to its schema."""
    _validator(json.dumps(schema)).validate(document)


@cache
def _validator(schema: str) -> Draft202012Validator:
    """Return what holds documents to a schema, which is checked itself, once."""
    loaded = json.loads(schema)
    Draft202012Validator.check_schema(loaded)
    return Draft202012Validator(loaded)
