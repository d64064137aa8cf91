"""Products and imports of Prom.ua become values of the core, and values become items of an edit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from recorded import IMPORT, PRODUCT, changed, parsed

from torgsync.core.plan.channels import EditAnswer, RowError
from torgsync.core.product.documents import dump
from torgsync.core.product.fields import Discount, Photo, Value, WholesaleStep
from torgsync.core.product.products import Existing
from torgsync.prom.wire.products import WireProduct, edit_answer, edit_item, import_id, import_state
from torgsync.prom.wire.values import single

TODAY = date(2026, 7, 20)


def existing(body: Mapping[str, object] = PRODUCT, **values: object) -> Existing:
    answer = {"product": parsed({**body, **values})}
    return single(answer, "product", WireProduct).existing()


def test_a_product_is_in_normal_form() -> None:
    """What Prom shows is compared with the desired product by `!=`."""
    assert existing() == Existing(
        "1600000001",
        "12345",
        {
            "name": "Сукня вечірня",
            "name_ru": "Платье вечернее",
            "sku": "AA7775",
            "price": Decimal("150.00"),
            "discount": Discount(Decimal("10.00"), "percent"),
            "wholesale_prices": (WholesaleStep(10, Decimal("100.75")),),
            "presence": "available",
            "ready_to_ship": True,
            "quantity": 5,
            "status": "on_display",
            "description": "<p>Шовк</p><p>Довга</p>",
            "description_ru": "<p>Шёлк</p>",
            "keywords_ru": "платье, вечернее платье",
            "unit": "шт.",
            "currency": "UAH",
        },
        datetime(2025, 3, 30, 22, 0, tzinfo=UTC),
    )


def test_absent_values_are_left_out() -> None:
    """An absent key and a null give no value; a product made in the cabinet has no external id."""
    nothing = dict.fromkeys(key for key in PRODUCT if key not in ("id", "discount"))
    assert existing({"id": 7}) == Existing("7", "", {})
    assert existing({"id": 7, **nothing}) == Existing("7", "", {})


def test_values_of_an_unexpected_type_count_as_absent() -> None:
    """One odd product must not stop the listing of a shop."""
    odd = {key: [{"odd": True}] for key in PRODUCT if key not in ("id", "prices")}
    assert existing({"id": "7", **odd}) == Existing("7", "", {})
    values = {"price": True, "name": False, "date_modified": "0001-01-01T00:00:00+14:00"}
    assert existing({"id": 7, **values}) == Existing("7", "", {})


def test_a_null_discount_means_no_discount() -> None:
    """A discount of zero means the same; a missing type is not guessed."""
    assert existing({"id": 7, "discount": None}).values == {"discount": None}
    assert existing({"id": 7, "discount": {"value": 0, "type": "amount"}}).values == {"discount": None}
    assert existing({"id": 7, "discount": {"type": "amount"}}).values == {}
    assert existing({"id": 7, "discount": {"value": 5}}).values == {"discount": Discount(Decimal(5), "")}


@pytest.mark.parametrize("value", [10, 10.0, "10.00", "10,00 грн"])
def test_a_discount_is_equal_however_it_is_written(value: object) -> None:
    """The stored text of equal products is equal."""
    found = existing({"id": 7, "discount": {"value": value, "type": "percent"}})
    assert dump(found.values) == '{"discount":{"kind":"percent","value":"10.00"}}'


def test_a_text_without_languages_is_used_for_both() -> None:
    """A shop of one language has one name; an empty translation is absent."""
    for texts in (None, {"uk": "", "ru": None}, "odd"):
        values = existing({"id": 7, "name": "  Сукня  довга ", "name_multilang": texts}).values
        assert values == {"name": "Сукня довга", "name_ru": "Сукня довга"}


def test_wholesale_steps_are_sorted_and_unreadable_ones_left_out() -> None:
    """Steps come by quantity; an empty list differs from an absent one."""
    steps = [{"price": 9, "minimum_order_quantity": 50}, {"price": 9.5, "minimum_order_quantity": 10}]
    odd = [{"price": 1}, {"minimum_order_quantity": 3}, "odd"]
    values = existing({"id": 7, "prices": [*steps, *odd]}).values
    read = (WholesaleStep(10, Decimal("9.50")), WholesaleStep(50, Decimal("9.00")))
    assert values == {"wholesale_prices": read}
    assert existing({"id": 7, "prices": []}).values == {"wholesale_prices": ()}


def test_unknown_words_pass() -> None:
    """A status that Prom invents tomorrow is shown, not refused."""
    values = existing({"id": 7, "status": "frozen", "presence": "soon", "quantity_in_stock": 5.0}).values
    assert values == {"status": "frozen", "presence": "soon", "quantity": 5}


@pytest.mark.parametrize("status", ["deleted", "deleted_by_moderator"])
def test_a_deleted_product_is_seen_as_removed(status: str) -> None:
    """It cannot be changed any more."""
    assert existing(status=status).removed


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"processed_ids": [1, "2"], "errors": {}}, EditAnswer(frozenset({"1", "2"}), {})),
        ({"processed_ids": None}, EditAnswer(frozenset(), {})),
        (
            {"errors": {"1": "no", "2": {"price": ["low"]}, "3": None}},
            EditAnswer(frozenset(), {"1": "no", "2": "{'price': ['low']}", "3": ""}),
        ),
        (
            {"processed_ids": [], "warning_message": "is paid"},
            EditAnswer(frozenset(), {}, warning="is paid"),
        ),
        ({"processed_ids": [1], "warnings": 7}, EditAnswer(frozenset({"1"}), {}, warning="7")),
        ({"errors": ["no", "never"]}, EditAnswer(frozenset(), {"": "['no', 'never']"})),
    ],
)
def test_an_edit_is_judged_id_by_id(answer: dict[str, object], expected: EditAnswer) -> None:
    """Ids are compared as text; a reason may have any shape, or none."""
    assert edit_answer(answer, ["1", "2", "3"], lambda raw: str(raw or "")) == expected


def test_a_reason_without_an_id_belongs_to_the_only_item() -> None:
    """With one product sent, the reason can mean no other."""
    assert edit_answer({"errors": ["no"]}, ["7"], str).errors == {"7": "['no']"}


def test_an_edit_holds_only_fields_that_go_by_edit() -> None:
    """Names and photos go by import; `id` is the external id, a text."""
    item = edit_item(
        "12345",
        {
            "name": "Сукня",
            "photos": (Photo("https://images.example/1.jpg", "d"),),
            "price": Decimal("4990.50"),
            "discount": Discount(Decimal("170.00"), "amount"),
            "wholesale_prices": (WholesaleStep(10, Decimal("100.75")),),
            "presence": "not_available",
            "ready_to_ship": False,
            "quantity": 0,
            "status": "draft",
        },
        today=TODAY,
    )
    assert json.dumps(item) == (
        '{"id": "12345", "price": 4990.5, "discount": {"value": 170, "type": "amount", '
        '"date_start": "20.07.2026", "date_end": "20.07.2027"}, '
        '"prices": [{"price": 100.75, "minimum_order_quantity": 10}], "presence": "not_available", '
        '"in_stock": false, "quantity_in_stock": 0, "status": "draft"}'
    )


def test_a_removed_value_is_sent_as_empty() -> None:
    """No discount is null, no ladder is an empty list."""
    item = edit_item("1", {"discount": None, "wholesale_prices": ()}, today=TODAY)
    assert item == {"id": "1", "discount": None, "prices": []}


def test_a_discount_of_the_leap_day_ends_on_the_day_before() -> None:
    """The year after has no 29th of February."""
    item = edit_item("1", {"discount": Discount(Decimal(5), "percent")}, today=date(2028, 2, 29))
    dates = {"date_start": "29.02.2028", "date_end": "28.02.2029"}
    assert item["discount"] == {"value": 5, "type": "percent"} | dates


@given(st.decimals(0, 1_000_000, places=2), st.integers(0, 10_000))
def test_what_is_sent_is_what_is_read_back(price: Decimal, quantity: int) -> None:
    """An edit that Prom took shows the same values, so that the next plan is empty."""
    values: dict[str, Value] = {"price": price, "quantity": quantity, "presence": "available"}
    item = edit_item("7", values, today=TODAY)
    assert existing({**item, "external_id": "7"}).values == values


# Imports


def test_an_import_has_counters_and_reasons() -> None:
    """The status is in upper case, the misspelt counter is known, and the failed photo is a reason."""
    state = import_state(parsed(changed(IMPORT, message="late", created=True)), lambda raw: str(raw or ""))
    assert state.status == "PARTIAL"
    named = {"total": 100, "imported": 100, "updated": 62, "not_changed": 28, "created_active": 10}
    assert state.counters == named | {"created_hidden": 0, "not_in_file": 5, "with_errors_count": 0}
    assert state.errors == ("late", "{'download_images': {'code': 2004, 'extra': {'status_code': 404}}}")
    assert import_state({"errors": "odd"}, lambda raw: str(raw or "")).errors == ("odd",)


def test_an_import_has_reasons_of_single_products() -> None:
    """The id may be at any depth; a reason belongs to one product only."""
    errors = [
        {"import": {"code": 3001, "extra": {"external_id": "17", "message": "назву обрізано"}}},
        {"import": {"code": 3001, "external_id": 17, "reason": {"text": "ще щось"}}},
        {"validation": {"code": 1001}},
        "просто слова",
    ]
    state = import_state({"errors": errors}, lambda raw: str(raw or ""))
    first, second = state.errors_of["17"]
    assert (first, "ще щось" in second, list(state.errors_of)) == ("назву обрізано", True, ["17"])
    assert state.errors == ("{'validation': {'code': 1001}}", "просто слова")


def test_an_import_names_the_rows_that_it_refused() -> None:
    """In nested errors, by category or by the key above; photos are no rows, other shapes stay texts."""
    nested = [
        {"code": 1001, "field_code": "name", "positions": ["1600000001", 17, None]},
        {"code": 1002, "field": "price", "message": "мала", "positions": 18},
        {"code": 1003},
        "слова",
    ]
    photo = {
        "category": "download_images",
        "errors": [{"code": 2004, "positions": ["17"], "extra": {"status_code": 404}}],
    }
    errors = [
        {"category": "validation", "errors": nested},
        {"import": [{"code": "3001", "positions": ["19"]}, "слова"]},
        {"validation": {"code": 1001, "positions": ["20"]}},
        photo,
    ]
    state = import_state({"status": "FAIL", "errors": errors}, lambda raw: str(raw or ""))
    assert state.rows == (
        RowError("validation", "1001", "name", "", ("1600000001", "17")),
        RowError("validation", "1002", "price", "мала", ("18",)),
        RowError("validation", "1003", ""),
        RowError("import", "3001", "", "", ("19",)),
        RowError("validation", "1001", "", "", ("20",)),
    )
    assert (state.errors, state.photos_failed, state.fatal) == ((str(photo),), True, True)
    assert state.photo_answers == ("404",)
    assert import_state({"errors": [{"errors": [{}]}]}, str).rows == (RowError("", "", "", "None"),)


@pytest.mark.parametrize(
    ("answer", "found"),
    [({"id": "0a1b"}, "0a1b"), ({"id": 17}, "17"), ({"import_id": 18}, "18"), ({"status": "success"}, None)],
)
def test_an_id_of_an_import_has_three_forms(answer: dict[str, object], found: str | None) -> None:
    """Its absence is the only sure sign of a refusal."""
    assert import_id(answer) == found
