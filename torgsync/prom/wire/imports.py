"""The answers about imports.

Source: docs/developers/prom-api.md §4.3, §4.4.
"""

from __future__ import annotations

from collections.abc import Mapping

from torgsync.core.plan.channels import ImportState
from torgsync.prom.wire.values import Text, WireModel, Words, parse_text, parse_whole

COUNTERS = frozenset(
    """total imported created updated not_changed actualized created_active created_hidden not_in_file
    with_errors_count""".split()
)


class WireImportStatus(WireModel):
    """The progress of an import (prom-api §4.4)."""

    status: Text = None
    errors: object = None
    message: object = None


def import_id(answer: Mapping[str, object]) -> str | None:
    """Return the id of an accepted import; None means that it was refused (prom-api §4.3)."""
    return parse_text(answer.get("id")) or parse_text(answer.get("import_id"))


def import_state(answer: Mapping[str, object], words: Words) -> ImportState:
    """Return the progress of an import, with the counters that the answer has."""
    status = WireImportStatus.model_validate(answer)
    # The misspelt key is Prom's own (prom-api §4.4).
    numbers = {
        "not_in_file" if key == "not_in_fle" else key: parse_whole(value) for key, value in answer.items()
    }
    counters = {key: number for key, number in numbers.items() if key in COUNTERS and number is not None}
    errors = status.errors if isinstance(status.errors, list) else [status.errors]
    photos = any(isinstance(error, dict) and "download_images" in error for error in errors)
    general, of_good = [words(status.message)], dict[str, list[str]]()
    for error in errors:
        if good_id := _nested_text(error, "external_id"):
            of_good.setdefault(good_id, []).append(words(_nested_text(error, "message") or error))
        else:
            general.append(words(error))
    return ImportState(
        (status.status or "").upper(),
        counters,
        tuple(filter(None, general)),
        photos,
        {good_id: tuple(filter(None, reasons)) for good_id, reasons in of_good.items()},
    )


def _nested_text(error: object, key: str) -> str | None:
    """Return an error's value under a key at any depth: how deep it is, is not recorded (prom-api §4.4)."""
    if not isinstance(error, dict):
        return None
    nested = (_nested_text(value, key) for value in error.values())
    return parse_text(error.get(key)) or next(filter(None, nested), None)
