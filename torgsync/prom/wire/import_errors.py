"""Errors of an import that name the rows they are about (docs/developers/prom-api.md §4.4).

{"category": "validation", "errors": [{"code": 1001, "field_code": "name", "positions": ["1600000001"]}]}
"""

from __future__ import annotations

from collections.abc import Iterator

from torgsync.core.plan.channels import RowError
from torgsync.prom.wire.values import Words, parse_text, parse_whole

PHOTOS = "download_images"
"""The stage of photos that could not be fetched."""


def about_photos(error: object) -> bool:
    """Return whether an entry of `errors[]` is about photos, in either of its shapes."""
    return isinstance(error, dict) and (PHOTOS in error or error.get("category") == PHOTOS)


def photo_answers(error: object) -> frozenset[str]:
    """Return the HTTP statuses with which addresses of photos answered Prom, as far as an entry says them."""
    if isinstance(error, dict):
        status = parse_whole(error.get("status_code"))
        here = {str(status)} if status is not None and status in range(100, 600) else set()
        return frozenset(here).union(*map(photo_answers, error.values()))
    return frozenset().union(*map(photo_answers, error)) if isinstance(error, list) else frozenset()


def row_errors(error: object, words: Words) -> list[RowError]:
    """Return the refusals of rows in one entry of `errors[]`, none where it is of another shape.

    The stage is the value of `category` or, as in other entries, the key above them. A photo that could not
    be fetched refuses no row.
    """
    if not isinstance(error, dict):
        return []
    return [
        RowError(
            stage,
            parse_text(nested.get("code")) or "",
            parse_text(nested.get("field_code")) or parse_text(nested.get("field")) or "",
            words(nested.get("message")),
            _positions(nested.get("positions")),
        )
        for stage, nested in _nested(error)
        if stage != PHOTOS
    ]


def _nested(error: dict[object, object]) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the errors below an entry, each with its stage; an entry without rows has none."""
    below = error.get("errors")
    if isinstance(below, list):
        stage = parse_text(error.get("category")) or ""
        yield from ((stage, nested) for nested in below if isinstance(nested, dict))
        return
    for key, value in error.items():
        inside = value if isinstance(value, list) else [value]
        for nested in inside:
            if isinstance(nested, dict) and isinstance(nested.get("positions"), list):
                yield str(key), nested


def _positions(value: object) -> tuple[str, ...]:
    """Return the rows that an error names; a position is a text or a number."""
    parts = value if isinstance(value, list) else [] if value is None else [value]
    return tuple(text for part in parts if (text := parse_text(part)))
