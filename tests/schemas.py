"""What the JSON documents promise to other programs, as JSON Schemas. Source: design §3."""

from __future__ import annotations

from typing import Any

from jsonschema import Draft202012Validator

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
OR_NULL = {"type": ["string", "null"]}


def _record(**keys: Any) -> dict[str, Any]:  # noqa: ANN401  # a schema of any shape
    """Return the schema of an object with exactly these keys."""
    return {
        "type": "object",
        "required": list(keys),
        "properties": keys,
        "additionalProperties": False,
    }


CHANGE = _record(
    good_id=OR_NULL,
    prom_id=OR_NULL,
    verb={"enum": ["create", "update", "remove"]},
    title=TEXT,
    via={"enum": ["edit", "import"]},
    held={"enum": [None, "price", "removals", "stock-out", "photos", "export-rows"]},
    fields={
        "type": "object",
        "minProperties": 1,
        "propertyNames": {"pattern": "^[a-z_]+$"},
        "additionalProperties": {
            "type": "object",
            "required": ["old", "new"],
            "properties": {"old": {}, "new": {}, "edited_on_prom": {"const": True}},
            "additionalProperties": False,
        },
    },
)

FINDING = _record(
    code={"type": "string", "pattern": "^[a-z-]+$"},
    severity={"enum": ["error", "warning", "notice"]},
    good_id=OR_NULL,
    file=OR_NULL,
    line={"type": ["integer", "null"], "minimum": 1},
    column=OR_NULL,
    value=OR_NULL,
    message=TEXT,
)

PLAN: dict[str, Any] = {
    "schema": {"const": 1},
    "object": TEXT,
    "plan": {"type": "string", "pattern": "^[0-9a-f]{8}$"},
    "export": _record(path=TEXT, goods=COUNT, encoding={"enum": ["utf-8", "cp1251"]}),
    "counts": _record(
        create=COUNT, update=COUNT, remove=COUNT, held=COUNT, skipped=COUNT, unchanged=COUNT, foreign=COUNT
    ),
    "changes": {"type": "array", "items": CHANGE},
    "findings": {"type": "array", "items": FINDING},
    "skipped": {"type": "object", "additionalProperties": COUNT},
    "skipped_goods": {
        "type": "array",
        "items": _record(
            good_id=TEXT,
            title=OR_NULL,
            line={"type": ["integer", "null"], "minimum": 1},
            reason={"type": "string", "pattern": "^[a-z-]+$"},
            message=TEXT,
        ),
    },
    "guards": {
        "type": "array",
        "items": _record(guard=TEXT, good_id=OR_NULL, saw=TEXT, limit=TEXT, cause=TEXT, allow=TEXT),
    },
    "budget": _record(requests=COUNT, imports=COUNT, imports_left=COUNT),
}

UPDATE = _record(**PLAN)

OUTCOME = _record(
    good_id=OR_NULL,
    verb={"enum": ["create", "update", "remove"]},
    state={"enum": ["done", "refused", "unclear", "deferred"]},
    message=TEXT,
)

ERROR = _record(
    kind={"type": "string", "pattern": "^[a-z-]+$"},
    exit={"type": "integer", "minimum": 1},
    message={"type": "string", "minLength": 1},
    hint=OR_NULL,
)
ERROR["properties"]["mistakes"] = {
    "type": "array",
    "items": _record(line={"type": "integer", "minimum": 0}, where=TEXT, message=TEXT),
}

SYNC = _record(
    **PLAN,
    outcomes={"type": "array", "items": OUTCOME},
    orders=_record(
        new=COUNT,
        changed=COUNT,
        unmapped=COUNT,
        held=COUNT,
        ambiguous=COUNT,
        accepted=COUNT,
        files=COUNT,
        taken=COUNT,
    ),
    requests=_record(
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

WHY = _record(
    schema={"const": 1},
    object=TEXT,
    good=_record(
        good_id=TEXT,
        title=TEXT,
        fate={"type": "string", "pattern": "^[a-z-]+$"},
        message=TEXT,
        standing={"enum": ["in", "out", "blocked", "gone"]},
        export_problem=OR_NULL,
        row={
            "oneOf": [
                {"type": "null"},
                _record(
                    file=TEXT,
                    lines={"type": "array", "minItems": 1, "items": {"type": "integer", "minimum": 1}},
                    columns={
                        "type": "array",
                        "items": _record(
                            column=TEXT, value=TEXT, to=TEXT, name=OR_NULL, owner=TEXT, unsent=OR_NULL
                        ),
                    },
                    price_steps={"type": "array", "items": TEXT},
                    filters={
                        "type": "array",
                        "items": _record(filter=TEXT, passes={"type": "boolean"}, message=TEXT),
                    },
                    centers={
                        "type": "array",
                        "items": _record(
                            center=TEXT,
                            file=TEXT,
                            value=OR_NULL,
                            quantity={"type": ["number", "null"]},
                            counted={"type": "boolean"},
                        ),
                    },
                    variants=_record(
                        model=OR_NULL,
                        group={"type": ["integer", "null"], "minimum": 1},
                        alone=OR_NULL,
                        sisters={
                            "type": "array",
                            "items": _record(
                                good_id=TEXT,
                                title=OR_NULL,
                                differs={"type": "array", "items": _record(name=TEXT, unit=TEXT, value=TEXT)},
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
        existing={"type": ["object", "null"], "required": ["prom_id", "modified", "removed", "values"]},
        change={"type": ["object", "null"], "required": ["verb", "via", "held", "fields"]},
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

FAILED = _record(schema={"const": 1}, error=ERROR)
FAILED_OF_SEVERAL = _record(schema={"const": 1}, object={"type": "string"}, error=ERROR)


def valid(document: Any, schema: dict[str, Any]) -> None:  # noqa: ANN401  # whatever the program printed
    """Hold a document to its schema."""
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(document)
