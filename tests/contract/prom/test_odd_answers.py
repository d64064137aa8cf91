"""Every endpoint, with answers that hold what no program expects."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, is_dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from oddities import odd
from recorded import IMPORT, ORDER, PRODUCT, Wire, said

from torgsync.core.text import CONTROL
from torgsync.errors import TorgsyncError
from torgsync.prom.api import Prom
from torgsync.prom.request import Right

EDITED = {"processed_ids": [5], "errors": {"6": {"price": ["low"]}}, "warning_message": "paid"}
GROUP = {"id": 12, "name": "Взуття", "name_multilang": {"uk": "Взуття"}, "parent_group_id": None}
ENDPOINTS: dict[str, tuple[dict[str, Any], Callable[[Prom, Path], object]]] = {
    "products": ({"products": [PRODUCT, {"id": 5}]}, lambda prom, _: list(prom.products())),
    "product": ({"product": PRODUCT}, lambda prom, _: prom.product("12345")),
    "edit": (EDITED, lambda prom, _: prom.edit([{"id": "5"}, {"id": "6"}])),
    "import": (
        {"id": "0123456789abcdef", "status": "success"},
        lambda prom, feed: prom.start_import(feed, []),
    ),
    "refused import": (
        {"status": "error", "message": "no", "errors": {"file": "bad"}},
        lambda prom, feed: prom.start_import(feed, []),
    ),
    "import state": (IMPORT, lambda prom, _: prom.import_state("1")),
    "groups": ({"groups": [GROUP]}, lambda prom, _: prom.groups()),
    "orders": ({"orders": [ORDER, {"id": 5}]}, lambda prom, _: list(prom.orders())),
    "order": ({"order": ORDER}, lambda prom, _: prom.order("300000001")),
    "order status": (EDITED, lambda prom, _: prom.receive_orders(["5", "6"])),
    "parcel": ({"status": "success"}, lambda prom, _: prom.save_parcel("5", "2045", "nova_poshta")),
    "payment options": (
        {"payment_options": [{"id": 1, "name": "Карта", "description": ""}]},
        lambda prom, _: prom.payment_options(),
    ),
    "clients": ({"clients": [{"id": 1}]}, lambda prom, _: prom.try_right(Right.CLIENTS_READ)),
}


def texts(value: object) -> str:
    """Return a value with all that is in it as one text."""
    plain = asdict(value) if is_dataclass(value) and not isinstance(value, type) else value
    return json.dumps(
        plain, ensure_ascii=False, default=lambda part: texts(part) if is_dataclass(part) else str(part)
    )


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_no_answer_stops_the_program(endpoint: str, tmp_path: Path) -> None:
    """It is a value or an error with a sentence, and either can be stored and shown."""
    feed = tmp_path / "feed.xml"
    feed.touch()
    usual, ask = ENDPOINTS[endpoint]
    for seed in range(60):
        random = Random(seed)  # noqa: S311  # no secret
        status = random.choice([200] * 8 + [400, 401, 403])
        wire = Wire(said(odd(usual, random, random.choice([1, 1, 2, 5])), status))
        try:
            text = texts(ask(wire.prom(), feed))
        except TorgsyncError as error:
            text = f"{error.message} {error.hint} {error.problem}"
        assert CONTROL.search(text) is None, text
        assert "\\u00" not in text, text  # how JSON writes the other control characters
