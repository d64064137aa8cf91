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
ERROR["properties"]["mistakes"] = {
    "type": "array",
    "items": record(line={"type": "integer", "minimum": 0}, where=TEXT, message=TEXT),
}

SYNC = record(
    **PLAN,
    outcomes={"type": "array", "items": OUTCOME},
    orders=record(
        new=COUNT,
        changed=COUNT,
        unmapped=COUNT,
        held=COUNT,
        ambiguous=COUNT,
        accepted=COUNT,
        files=COUNT,
        open=COUNT,
        taken=COUNT,
    ),
    requests=record(
        total=COUNT,
        by_endpoint={
            "type": "object",
            "propertyNames": {"pattern": "^(GET|POST) [a-z_/]+$"},
            "additionalProperties": COUNT,
        },
    ),
    run={"type": "integer", "minimum": 1},
    exit={"type": "integer", "minimum": 0},
)
SYNC["properties"]["error"] = ERROR

WHY = record(
    schema={"const": 1},
    object=TEXT,
    good=record(
        good_id=TEXT,
        title=TEXT,
        fate={"type": "string", "pattern": "^[a-z-]+$"},
        message=TEXT,
        standing={"enum": ["in", "out", "blocked", "gone"]},
        export_problem=OR_NULL,
        row={
            "oneOf": [
                {"type": "null"},
                record(
                    file=TEXT,
                    lines={"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 1}},
                    columns={
                        "type": "array",
                        "items": record(
                            column=TEXT, value=TEXT, to=TEXT, name=OR_NULL, owner=TEXT, unsent=OR_NULL
                        ),
                    },
                    price_steps={"type": "array", "items": TEXT},
                    filters={
                        "type": "array",
                        "items": record(filter=TEXT, passes={"type": "boolean"}, message=TEXT),
                    },
                    centers={
                        "type": "array",
                        "items": record(
                            center=TEXT,
                            file=TEXT,
                            value=OR_NULL,
                            quantity={"type": ["number", "null"]},
                            counted={"type": "boolean"},
                        ),
                    },
                    variants=record(
                        model=OR_NULL,
                        group={"type": ["integer", "null"], "minimum": 1},
                        alone=OR_NULL,
                        sisters={
                            "type": "array",
                            "items": record(
                                good_id=TEXT,
                                title=OR_NULL,
                                differs={"type": "array", "items": record(name=TEXT, unit=TEXT, value=TEXT)},
                                lacks={"type": "array", "items": TEXT},
                                out=OR_NULL,
                                alone=OR_NULL,
                            ),
                        },
                    ),
                    reason=OR_NULL,
                    unreadable={"type": "array", "items": TEXT},
                ),
            ]
        },
        findings={"type": "array", "items": FINDING},
        desired={"type": ["object", "null"]},
        sent={"type": ["object", "null"], "required": ["at", "values"]},
        looked=OR_NULL,
        existing={
            "type": ["object", "null"],
            "required": ["prom_id", "external_id", "modified", "removed", "values"],
        },
        change={"type": ["object", "null"], "required": ["verb", "via", "held", "fields"]},
        adopted={"type": ["object", "null"], "required": ["prom_id", "by", "at", "user"]},
        candidates={"type": "array", "items": TEXT},
        sold={"type": "array", "items": record(order=TEXT, quantity={"type": "number"})},
        left_alone={"type": "array", "items": TEXT},
        held={"type": ["object", "null"], "required": ["guard", "saw", "allow"]},
        refusal={"type": ["object", "null"], "required": ["at", "message", "current"]},
        attempts={
            "type": "array",
            "items": {
                "type": "object",
                "required": ["at", "run", "state", "message", "verb", "via", "held", "fields"],
            },
        },
    ),
)

_PLAN = {key: part for key, part in PLAN.items() if key not in _OF_EXPORT}
ROLLBACK = record(
    **_PLAN,
    export={"const": None},
    turns_back=record(run={"type": "integer", "minimum": 1}, not_done=COUNT, anew=COUNT, hidden=COUNT),
    remains={
        "type": "array",
        "items": record(
            good_id=OR_NULL,
            prom_id=OR_NULL,
            title=TEXT,
            field=OR_NULL,
            reason={"enum": [str(reason) for reason in Obstacle]},
            message=TEXT,
        ),
    },
)
ROLLBACK_DONE = record(
    **ROLLBACK["properties"],
    **{key: SYNC["properties"][key] for key in ("outcomes", "requests", "run", "exit")},
)
ROLLBACK_DONE["properties"]["error"] = ERROR

OVERRIDE = record(guard=TEXT, allowed=TEXT, saw=TEXT, at=TEXT, user=TEXT, host=TEXT)

RUN = record(
    run={"type": "integer", "minimum": 1},
    started={"type": "string", "format": "date-time", "pattern": "[+]0[23]:00$"},
    finished=OR_NULL,
    seconds={"type": ["number", "null"], "minimum": 0},
    user=TEXT,
    host=TEXT,
    state={"enum": ["finished", "running", "died"]},
    exit={"type": ["integer", "null"]},
    counts=record(done=COUNT, refused=COUNT, unclear=COUNT, deferred=COUNT, held=COUNT, open=COUNT),
    requests=COUNT,
    imports=COUNT,
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
    changes={
        "type": "array",
        "items": record(
            **_CHANGE, state={"enum": [None, "done", "refused", "unclear", "deferred"]}, message=TEXT
        ),
    },
    requests={
        "type": "array",
        "items": record(
            sent_at=TEXT,
            method={"enum": ["GET", "POST"]},
            path={"type": "string", "pattern": "^/[^?]+$"},
            items=COUNT,
            status={"type": ["integer", "null"]},
            outcome=OR_NULL,
        ),
    },
)

FAILED = record(schema={"const": 1}, error=ERROR)
FAILED_OF_SEVERAL = record(schema={"const": 1}, object={"type": "string"}, error=ERROR)


def valid(document: Any, schema: dict[str, Any]) -> None:  # noqa: ANN401  # whatever the program printed
    """Hold a document to its schema."""
    _validator(json.dumps(schema)).validate(document)


@cache
def _validator(schema: str) -> Draft202012Validator:
    """Return what holds documents to a schema, which is checked itself, once."""
    loaded = json.loads(schema)
    Draft202012Validator.check_schema(loaded)
    return Draft202012Validator(loaded)
