"""The JSON objects of the answers (prom-api §3.3, §3.6, §5.5, §6)."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Literal
from uuid import UUID, uuid5

from torgsync.sandbox.api.costs import instalments_json, plain_money, promotion_json, site_commission_json
from torgsync.sandbox.api.images import NO_IMAGE, image_url
from torgsync.sandbox.shop.orders import NOVA_POSHTA, ShopClient, ShopOrder, ShopOrderLine, status_names
from torgsync.sandbox.shop.products import KOPIYKA, UNSORTED_CATEGORY_ID, ShopCatalog, ShopGroup, ShopProduct

Language = Literal["ru", "uk"]
Json = dict[str, Any]

# Invented, yet always the same for the same address.
REFS = UUID("00000000-0000-4000-8000-000000000000")


def product_json(product: ShopProduct, catalog: ShopCatalog, language: Language) -> Json:
    """Return the Product object with all keys of prom-api §3.3."""
    group = catalog.groups.find(product.group_id)
    discount = product.discount
    return {
        **_same(product, "id external_id sku"),
        **_texts(product, "name", language),
        "keywords": product.keywords,
        **_texts(product, "description", language),
        **_same(product, "selling_type presence in_stock"),
        "regions": [_same(region, "id ru uk") for region in product.regions],
        "price": _number(product.price),
        "minimum_order_quantity": _number(product.minimum_order_quantity),
        "discount": discount
        and {
            "value": _number(discount.value),
            "type": discount.kind,
            **_same(discount, "date_start date_end"),
        },
        **_same(product, "currency measure_unit"),
        "group": {"id": product.group_id}
        | (_texts(group, "name", language) if group else {"name": "Корневая группа", "name_multilang": None}),
        "category": {
            "id": product.category_id,
            "caption": "Товари, загальне"
            if product.category_id == UNSORTED_CATEGORY_ID
            else f"Категорія {product.category_id}",
        },
        "prices": [
            {"price": _number(rung.price), "minimum_order_quantity": _number(rung.minimum_order_quantity)}
            for rung in product.prices
        ],
        "main_image": image_url(product.images[0].id, 200, product.name) if product.images else NO_IMAGE,
        # The main one comes first (prom-api §3.3).
        "images": [
            {
                "id": image.id,
                "url": image_url(image.id, 200, product.name),
                "thumbnail_url": image_url(image.id, 100, product.name),
            }
            for image in product.images
        ],
        **_same(product, "status quantity_in_stock is_variation variation_base_id variation_group_id"),
        "date_modified": product.date_modified.isoformat(timespec="seconds"),
    }


def group_json(group: ShopGroup, catalog: ShopCatalog, language: Language) -> Json:
    """Return the Group object of prom-api §3.6."""
    return {
        "id": group.id,
        **_texts(group, "name", language),
        **_texts(group, "description", language),
        "image": None,
        "parent_group_id": catalog.parent_id(group),
    }


def order_json(order: ShopOrder, language: Language) -> Json:
    """Return the Order object of prom-api §5.5."""
    # The two spaces that were seen in money alternate, so that a client meets both.
    space = "\u202f" if order.id % 2 else "\u00a0"
    buyer, delivery, offer = order.buyer, order.delivery_option, order.special_offer_discount
    person, costs = _same(buyer, "first_name last_name second_name phone"), order.costs
    return {
        **_same(order, "id status source client_id client_notes delivery_address"),
        "status_name": status_names(order.status)[language],
        "date_created": order.date_created.isoformat(timespec="microseconds"),
        "date_modified": order.date_modified.isoformat(timespec="microseconds"),
        "client_first_name": buyer.first_name,
        "client_second_name": buyer.second_name or "",
        "client_last_name": buyer.last_name,
        "client": {"id": order.client_id, **person},
        "delivery_recipient": person,
        **_same(buyer, "phone email"),
        "dont_call_customer_back": False,
        "price": money(order.price, space),
        "full_price": money(order.full_price, space),
        "delivery_cost": _number(order.delivery_cost),
        "delivery_option": {"id": delivery.id, "name": delivery.name, "shipping_service": None},
        "delivery_provider_data": delivery.provider
        and {
            "provider": delivery.provider,
            "type": "W2W",
            "sender_warehouse_id": None,
            "recipient_warehouse_id": None,
            "declaration_number": order.declaration_number,
            "unified_status": order.unified_status,
            "recipient_address": None,
            **(_warehouse(order.delivery_address) if delivery.provider == NOVA_POSHTA.provider else {}),
        },
        "payment_option": {"id": order.payment_option.id, "name": order.payment_option.name},
        "payment_data": order.payment_modified
        and {
            "type": "evopay",
            "status": order.payment_status,
            "status_modified": order.payment_modified.isoformat(timespec="seconds"),
            **instalments_json(None if costs.instalments is None else money(costs.instalments, space)),
        },
        "products": [
            _line_json(line, space, language) | {"cpa_commission": {"amount": plain_money(commission)}}
            for line, commission in zip(order.lines, order.line_commissions, strict=True)
        ],
        "cpa_commission": {"amount": plain_money(costs.commission), "is_refunded": costs.returned},
        "prosale_commission": site_commission_json(costs.site),
        "has_order_promo_free_delivery": False,
        "price_with_special_offer": money(order.price - offer, space) if offer else None,
        "special_offer_discount": money(offer, space) if offer else None,
        "special_offer_promocode": None,
        "utm": None,
        "ps_promotion": promotion_json(language) if costs.cheap_delivery else None,
        "cancellation": order.cancellation and {"title": order.cancellation, "initiator": "seller"},
    }


def client_json(client: ShopClient) -> Json:
    """Return the Client object of prom-api §6.2."""
    return {
        **_same(client, "id comment orders_count"),
        "client_full_name": client.full_name,
        "phones": list(client.phones),
        "emails": list(client.emails),
        "skype": "",
        "total_payout": money(client.total_payout, "\u00a0"),
    }


HRYVNIA = "грн"


def money(amount: Decimal, space: str, unit: str = HRYVNIA) -> str:
    """Write an amount as orders show it: `1 234,50 грн`, no kopiykas where there are none (prom-api §5.5)."""
    hryvnias, kopiykas = f"{amount.quantize(KOPIYKA, ROUND_HALF_UP):,}".split(".")
    decimals = "" if kopiykas == "00" else f",{kopiykas}"
    return f"{hryvnias.replace(',', space)}{decimals}{space}{unit}"


def _warehouse(address: str) -> Json:
    """Return the warehouse of an order by Nova Poshta: Refs, and an address without a street."""
    city = address.partition(",")[0]
    warehouse = _ref(address)
    return {
        "sender_warehouse_id": _ref("sender"),
        "recipient_warehouse_id": warehouse,
        "recipient_address": {
            "city_id": _ref(city),
            "city_name": city,
            "city_katottg": None,
            "warehouse_id": warehouse,
            "street_id": None,
            "street_name": None,
            "building_number": None,
            "apartment_number": None,
        },
    }


def _line_json(line: ShopOrderLine, space: str, language: Language) -> Json:
    return {
        "id": line.product_id,
        **_same(line, "external_id sku"),
        **_texts(line, "name", language),
        "image": NO_IMAGE if line.image_id is None else image_url(line.image_id, 100, line.name),
        "url": line.product_id and f"https://prom.example/p{line.product_id}-product.html",
        "quantity": _json_number(line.quantity),
        "measure_unit": line.measure_unit,
        "price": money(line.price, space),
        "total_price": money(line.total, space),
    }


def _same(item: object, names: str) -> Json:
    """Return the attributes that have the names of their keys, of which blanks part several."""
    return {name: getattr(item, name) for name in names.split()}


def _texts(item: object, name: str, language: Language) -> Json:
    """Return a text in the language of the request, and in both."""
    russian, ukrainian = getattr(item, name), getattr(item, f"{name}_uk")
    text = ukrainian if language == "uk" and ukrainian else russian
    return {name: text, f"{name}_multilang": {"ru": russian, "uk": ukrainian}}


def _ref(text: str) -> str:
    # Half an emoji, which JSON may bring, has no bytes.
    return str(uuid5(REFS, text.encode("utf-8", "replace").decode()))


def _number(value: Decimal | None) -> int | float | None:
    """Return a JSON number of at most two decimals; within the range of prices a float shows it exactly."""
    return None if value is None else _json_number(value.quantize(KOPIYKA, ROUND_HALF_UP))


def _json_number(value: Decimal) -> int | float:
    """Return a number as JSON writes it: an integer where there are no decimals (prom-api §13)."""
    return int(value) if value == value.to_integral_value() else float(value)
