"""Why an import is not accepted, and the shapes of its errors (prom-api §4.3, §4.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

Shape = Literal["flat", "external-ids", "prom-ids", "row-numbers"]
"""How a refused row is named: by its external id in a line of its own, or in nested errors by position."""

VALIDATION_CODE = 1001
# The reference records no other code; this one is invented.
OFFER_CODE = 3001

# Prom's own wording is not recorded (prom-api §4.6).
DAILY_LIMIT = "Превышено количество импортов в сутки"
# The Russian words are recorded; the Ukrainian ones are expected (prom-api §4.3).
ANOTHER_RUNS: Mapping[str, str] = {
    "ru": "В данный момент действует ограничение на запуск одновременных импортов.",
    "uk": "Наразі діє обмеження на запуск одночасних імпортів.",
}
CANCELLED = "Імпорт скасовано"
FAILED = "Імпорт завершився з помилкою"

_FIELD_CODES = {
    "Назва_позиції": "name",
    "Опис": "description",
    "Ціна": "price",
    "Знижка": "discount",
    "Кількість": "quantity_in_stock",
    "Ідентифікатор_товару": "external_id",
    "status": "status",
}


class ImportRefused(Exception):
    """The import was not accepted: the answer has no id (prom-api §4.3)."""


class AnotherRuns(ImportRefused):
    """The import was not accepted because another one is running."""


def field_code(message: str) -> str:
    """Return the code of the field that a message `Поле NAME: …` is about."""
    name = message.removeprefix("Поле ").partition(":")[0]
    return _FIELD_CODES.get(name, "attributes")


def add_row_error(errors: list[dict[str, Any]], message: str, position: str) -> None:
    """Add a refused row to the nested errors; rows of one field are together."""
    code = field_code(message)
    for entry in errors:
        for error in entry.get("errors", ()):
            if error["field_code"] == code:
                error["positions"].append(position)
                return
    error = {"code": VALIDATION_CODE, "field_code": code, "positions": [position]}
    errors.append({"category": "validation", "errors": [error]})
