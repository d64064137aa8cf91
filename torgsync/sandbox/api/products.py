"""The endpoints of products, groups and imports (prom-api §2 to §4).

See `routes.py` for the contract of a handler.
"""

from __future__ import annotations

from torgsync.sandbox.api.answers import Json, group_json, product_json
from torgsync.sandbox.api.call import Call, parse_json, refusal
from torgsync.sandbox.api.edits import EditRefused, wanted_fields
from torgsync.sandbox.api.paging import cut_page, is_digits
from torgsync.sandbox.shop.import_work import ImportRefused, ImportSettings
from torgsync.sandbox.shop.products import ROOT_GROUP_ID, ShopGroup, ShopProduct
from torgsync.sandbox.shop.shop import Shop

LIST_EXPECTED = {"ru": "Ожидается список товаров", "uk": "Очікується список товарів"}


def list_products(shop: Shop, call: Call) -> Json:
    """List products; `group_id` 0 is the same as none (prom-api §3.1)."""
    parameter = call.query.get("group_id", "")
    group_id = int(parameter) if is_digits(parameter) else 0
    shown = group_id or (ROOT_GROUP_ID if shop.quirks.root_group_only else 0)
    page = cut_page(shop, call, shop.catalog.products, among=shop.catalog.ids_in(shown) if shown else None)
    return {
        "group_id": group_id,
        "products": [product_json(product, shop.catalog, call.language) for product in page],
    }


def show_product(shop: Shop, call: Call, product_id: int) -> Json | None:
    """Show one product by its Prom id (prom-api §3.2)."""
    return _shown(shop, call, shop.catalog.find(product_id))


def show_product_by_external_id(shop: Shop, call: Call, external_id: str) -> Json | None:
    """Show one product by its external id (prom-api §3.2)."""
    return _shown(shop, call, shop.catalog.find(external_id))


def _shown(shop: Shop, call: Call, product: ShopProduct | None) -> Json | None:
    return None if product is None else {"product": product_json(product, shop.catalog, call.language)}


def edit_products(shop: Shop, call: Call) -> Json:
    """Edit by Prom ids, which are numbers (prom-api §3.4)."""
    return _edit(shop, call, int)


def edit_products_by_external_id(shop: Shop, call: Call) -> Json:
    """Edit by external ids, which are strings under the same key `id` (prom-api §3.4)."""
    return _edit(shop, call, str)


def _edit(shop: Shop, call: Call, kind: type[int | str]) -> Json:
    """Change item by item. An id that is unknown, deleted or of the wrong type is silently left out.

    So are the items of the fault `gaps`, which stay unchanged (prom-api §3.4).
    """
    if not isinstance(call.body, list) or not all(isinstance(item, dict) for item in call.body):
        return {"errors": {"error": LIST_EXPECTED[call.language]}}
    processed: list[int | str] = []
    errors: dict[str, str] = {}
    gaps = call.hit if call.hit and call.hit.fault.does == "gaps" else None
    for number, item in enumerate(call.body, 1):
        if gaps and gaps.affects(number):
            continue
        key = item.get("id")
        # `True` is an int for Python and would be found under id 1.
        product = shop.catalog.find(key) if type(key) is kind else None
        if product is None or product.status == "deleted_by_moderator":
            continue
        try:
            changed = shop.catalog.change(product, wanted_fields(item), shop.now())
        except EditRefused as refusal:
            errors[str(key)] = str(refusal)
            continue
        if changed or shop.quirks.report_unchanged:
            processed.append(key)
    return {"processed_ids": processed, "errors": errors}


def list_groups(shop: Shop, call: Call) -> Json:
    """List the groups without the root (prom-api §3.6)."""
    page: list[ShopGroup] = cut_page(shop, call, shop.catalog.groups)
    return {"groups": [group_json(group, shop.catalog, call.language) for group in page]}


def import_file(shop: Shop, call: Call) -> Json:
    """Accept an import by file; a refusal has no `id` (prom-api §4.3)."""
    upload = call.upload
    if upload is None or upload.file is None:
        return refusal("A file is expected")
    try:
        settings = ImportSettings.from_json(parse_json(upload.data))
    except ValueError:
        return refusal("Invalid import settings")
    except ImportRefused as error:
        return refusal(str(error))
    try:
        accepted = shop.import_queue.accept(upload.file, settings, shop.quirks, shop.now(), call.hit)
    except ImportRefused as error:
        return refusal(str(error))
    return {"id": accepted.id, "status": "success"}


def import_url(shop: Shop, call: Call) -> Json:  # noqa: ARG001 - every handler is called alike
    """Refuse an import by link: the sandbox fetches nothing."""
    return refusal("Не удалось загрузить файл по ссылке")


def show_import(shop: Shop, call: Call, import_id: str) -> Json | None:  # noqa: ARG001 - every handler is called alike
    """Show the state of an import (prom-api §4.4)."""
    report = shop.import_queue.status(import_id, shop.now())
    return None if report is None else report.as_json()
