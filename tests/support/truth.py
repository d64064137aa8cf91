"""Compares the journal with the marketplace: every change that it calls done must be there."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from torgsync.sandbox.shop.products import ShopProduct
from torgsync.sandbox.shop.shop import Shop


def rows(state: Path, query: str, *values: object) -> list[Any]:
    """Rows of a state: those of the file, or of the server that takes its place."""
    if server := os.environ.get("TORGSYNC_STATE"):
        import psycopg

        with psycopg.connect(server) as database:
            return database.execute(query.replace("?", "%s").encode(), values).fetchall()
    connection = sqlite3.connect(state)
    try:
        return connection.execute(query, values).fetchall()
    finally:
        connection.close()


def differences(state: Path, shop: Shop) -> list[str]:
    """Return the changes that the newest plan calls done and the marketplace does not show.

    The shop must be unedited since that run.
    """
    newest = "select max(plan) from runs where plan is not null"
    done = f"select verb, good_id, fields from changes where outcome = 'done' and plan = ({newest})"  # noqa: S608
    there = {product.external_id: product for product in shop.products()}
    return [
        f"{verb} {good_id}: {difference}"
        for verb, good_id, fields in rows(state, done)
        for difference in _differences(verb, _new_values(json.loads(fields)), there.get(good_id))
    ]


def open_ends(state: Path, *, but: int = 0) -> list[Any]:
    """Return the runs without an end, and the changes of any run that are neither held nor reconciled."""
    changes = (
        "select plan, seq, verb, good_id from changes where outcome is null and held is null "
        "and plan in (select plan from runs where id != ?)"
    )
    return [
        *rows(state, "select id from runs where finished is null and id != ?", but),
        *rows(state, changes, but),
    ]


def _new_values(fields: list[dict[str, Any]] | dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return the new values of a change: those of a creation are documents."""
    if isinstance(fields, list):
        return {name: value for document in fields for name, value in document.items()}
    return {name: field["new"] for name, field in fields.items()}


def _differences(verb: str, values: dict[str, Any], product: ShopProduct | None) -> Iterator[str]:
    if verb == "remove" and values["status"] == "deleted":
        if product is not None:
            yield "it is still there"
        return
    if product is None:
        yield "it is not there"
        return
    shown = {
        "price": product.price,
        "quantity": product.quantity_in_stock,
        "presence": product.presence,
        "name": product.name_uk,
        "status": product.status,
    }
    for name, value in values.items():
        if name in shown and not _equal(shown[name], value):
            yield f"{name} is {shown[name]}, not {value}"


def _equal(shown: object, expected: object) -> bool:
    return Decimal(str(expected)) == shown if isinstance(shown, int | Decimal) else shown == expected
