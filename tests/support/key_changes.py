"""A shop whose goods get new keys: the cases `ids-renumbered` and `ids-respelled`."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from corpus import DATA
from homes import Home, SandboxAddress

KEYS = [str(number) for number in range(701, 713)]
"""The goods of the case `ids-renumbered`, under their first keys."""


def first_day(folder: Path, sandbox_server: SandboxAddress, name: str) -> Home:
    """Return a home after the first synchronisation of a case."""
    home = Home.empty(folder, sandbox_server)
    home.object.write_text(
        'name = "My Prom"\napi_key = { file = "token" }\n[catalog]\npath = "TSGoods.trs"\n'
        '[removal]\ngone = "delete"\n[limits]\nrequests_per_second = 50\n',
        "utf-8",
    )
    shutil.copyfile(DATA / name / "TSGoods.trs", home.export)
    assert home.run("fields", "add-all").code == 0
    assert home.sync().code == 0
    return home


def shown(home: Home) -> dict[str | None, tuple[object, ...]]:
    """Return price, pieces, presence and article of what buyers see, keyed by external id."""
    return {
        product.external_id: (product.price, product.quantity_in_stock, product.presence, product.sku)
        for product in home.sandbox.products()
        if product.status == "on_display"
    }


def tomorrow(home: Home, name: str = "ids-renumbered", change: Callable[[str], str] = str) -> None:
    """Have the accounting program write the next export of a case."""
    text = (DATA / name / "next.trs").read_text("utf-8-sig")
    home.export.write_text(change(text), "utf-8")
