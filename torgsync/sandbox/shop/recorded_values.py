"""What a recorded answer shows, as the sandbox keeps it (prom-api §3.3, §3.6, §5.5, §6).

A value of another type than the sandbox's is turned into it, so that the two answers differ in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from torgsync.core.orders.order import parse_money
from torgsync.sandbox.shop import orders, products
from torgsync.sandbox.shop.feed import FeedCategory

Document = Mapping[str, Any]
"""One thing as a recorded answer shows it."""


def with_id(document: object) -> Document | None:
    """Return an object with its id as a number, None where it has none."""
    number = _whole(dict_of(document), "id")
    return None if number is None else {**dict_of(document), "id": number}


def group_of(product: Document) -> Document | None:
    """Return the group of a product; the root has no texts in two languages."""
    group = with_id(product.get("group"))
    return group if group and isinstance(group.get("name_multilang"), dict) else None


def recorded_moment(raw: object, otherwise: datetime) -> datetime:
    """Return a date with its time, `otherwise` where there is none."""
    try:
        moment = datetime.fromisoformat(str(raw))
    except ValueError:
        return otherwise
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _amount(raw: object) -> Decimal | None:
    """Return a number, or money in words, None where there is neither."""
    if isinstance(raw, bool) or raw is None:
        return None
    try:
        return parse_money(raw)
    except ValueError:
        return None


def _texts(document: Document, name: str) -> dict[str, Any]:
    """Return the Russian and the Ukrainian text of a field."""
    plain, both = text_of(document, name) or "", document.get(f"{name}_multilang")
    if not isinstance(both, dict):
        return {name: plain}
    return {name: text_of(both, "ru") or plain, f"{name}_uk": text_of(both, "uk")}


def text_of(document: Document, name: str) -> str | None:
    """Return a text, None for null; what the sandbox gives as a text is no number in it."""
    value = document.get(name)
    return None if value is None else str(value)


def _whole(document: Document, name: str) -> int | None:
    """Return a whole number, also one that was sent as a text."""
    try:
        return int(document[name])
    except (KeyError, TypeError, ValueError, OverflowError):
        return None


def _given(document: Document, names: str) -> dict[str, Any]:
    """Return the texts that are there; the shop has its own defaults for the others."""
    texts = {name: text_of(document, name) for name in names.split()}
    return {name: text for name, text in texts.items() if text is not None}


def dict_of(raw: object) -> Document:
    """Return an object, an empty one in place of anything else."""
    return raw if isinstance(raw, dict) else {}


def _dicts(raw: object) -> Iterable[Document]:
    return [item for item in raw if isinstance(item, dict)] if isinstance(raw, list) else ()


def recorded_product(document: Document, at: datetime, listed: set[int]) -> products.ShopProduct:
    """Return a product; `listed` are the groups that the recording lists, the root is none of them."""
    group, discount = dict_of(document.get("group")), document.get("discount")
    group_id = _whole(group, "id")
    in_group = group_id in listed or (not listed and isinstance(group.get("name_multilang"), dict))
    in_stock = document.get("in_stock")
    return products.ShopProduct(
        id=document["id"],
        date_modified=recorded_moment(document.get("date_modified"), at),
        **_texts(document, "name"),
        **_texts(document, "description"),
        **_given(document, "external_id sku keywords selling_type presence currency measure_unit status"),
        in_stock=None if in_stock is None else bool(in_stock),
        price=_amount(document.get("price")),
        minimum_order_quantity=_amount(document.get("minimum_order_quantity")),
        discount=_discount(discount) if isinstance(discount, dict) else None,
        prices=tuple(map(_wholesale, _dicts(document.get("prices")))),
        group_id=group_id if in_group and group_id is not None else products.ROOT_GROUP_ID,
        category_id=_whole(dict_of(document.get("category")), "id") or products.UNSORTED_CATEGORY_ID,
        images=tuple(
            products.Image(_whole(image, "id") or 0, str(image.get("url")))
            for image in _dicts(document.get("images"))
        ),
        quantity_in_stock=_whole(document, "quantity_in_stock"),
        is_variation=bool(document.get("is_variation")),
        variation_base_id=_whole(document, "variation_base_id"),
        variation_group_id=_whole(document, "variation_group_id"),
    )


def _discount(discount: Document) -> products.ShopDiscount:
    value, kind = _amount(discount.get("value")) or Decimal(0), str(discount.get("type"))
    return products.ShopDiscount(value, kind, text_of(discount, "date_start"), text_of(discount, "date_end"))


def _wholesale(rung: Document) -> products.Wholesale:
    price, quantity = (_amount(rung.get(name)) for name in ("price", "minimum_order_quantity"))
    return products.Wholesale(price or Decimal(0), quantity or Decimal(0))


def recorded_group(
    document: Document, at: datetime, categories: Mapping[str, FeedCategory]
) -> products.ShopGroup:
    """Return a group; a category of an import's file that has its name is the same group."""
    texts = _texts(document, "name")
    category = next((categories[name] for name in texts.values() if name in categories), None)
    return products.ShopGroup(
        id=document["id"],
        date_modified=recorded_moment(document.get("date_modified"), at),
        **texts,
        external_id=category.id if category else f"recorded {document['id']}",
        parent_external_id=category.parent_id if category else f"recorded {document.get('parent_group_id')}",
    )


def recorded_order(document: Document, at: datetime) -> orders.ShopOrder:
    """Return an order with its lines and people."""
    status = text_of(document, "status")
    payment, provider = dict_of(document.get("payment_data")), dict_of(document.get("delivery_provider_data"))
    return orders.ShopOrder(
        id=document["id"],
        status=status if status and orders.is_status(status) else "received",
        date_created=recorded_moment(document.get("date_created"), at),
        date_modified=recorded_moment(document.get("date_modified"), at),
        client_id=_whole(document, "client_id") or 0,
        buyer=_buyer(document),
        lines=tuple(map(_line, _dicts(document.get("products")))),
        payment_option=recorded_option(document.get("payment_option")),
        delivery_option=recorded_option(document.get("delivery_option"), text_of(provider, "provider")),
        **_given(document, "delivery_address client_notes source"),
        delivery_cost=_amount(document.get("delivery_cost")) or Decimal(0),
        special_offer_discount=_amount(document.get("special_offer_discount")) or Decimal(0),
        payment_status=text_of(payment, "status"),
        payment_modified=recorded_moment(payment.get("status_modified"), at) if payment else None,
        declaration_number=text_of(provider, "declaration_number"),
        cancellation=text_of(dict_of(document.get("cancellation")), "title"),
    )


def recorded_option(option: object, provider: str | None = None) -> orders.ShopOption:
    """Return a way to pay, or to deliver with a carrier."""
    document = dict_of(option)
    return orders.ShopOption(_whole(document, "id") or 0, text_of(document, "name") or "", provider)


def _buyer(document: Document) -> orders.ShopBuyer:
    person = dict_of(document.get("client"))
    first, last, second = (
        text_of(document, f"client_{name}") or text_of(person, name)
        for name in ("first_name", "last_name", "second_name")
    )
    phone, email = text_of(document, "phone"), text_of(document, "email")
    return orders.ShopBuyer(
        first_name=first or "", last_name=last or "", second_name=second, phone=phone, email=email
    )


def _line(line: Document) -> orders.ShopOrderLine:
    image = line.get("image")
    return orders.ShopOrderLine(
        product_id=_whole(line, "id"),  # type: ignore[arg-type]  # that of a deleted product is null
        external_id=text_of(line, "external_id"),
        sku=text_of(line, "sku"),
        **({"name_uk": None} | _texts(line, "name")),
        image_id=0 if isinstance(image, str) and "no-image" not in image else None,
        quantity=_amount(line.get("quantity")) or Decimal(0),
        measure_unit=text_of(line, "measure_unit") or "",
        price=_amount(line.get("price")) or Decimal(0),
    )


def recorded_client(document: Document) -> orders.ShopClient:
    """Return a client."""
    phones, emails = document.get("phones"), document.get("emails")
    return orders.ShopClient(
        id=document["id"],
        full_name=text_of(document, "client_full_name") or "",
        phones=tuple(map(str, phones)) if isinstance(phones, list) else (),
        emails=tuple(map(str, emails)) if isinstance(emails, list) else (),
        comment=text_of(document, "comment") or "",
        orders_count=_whole(document, "orders_count") or 0,
        total_payout=_amount(document.get("total_payout")) or Decimal(0),
    )


def client_of(order: orders.ShopOrder) -> orders.ShopClient:
    """Return the client of an order, as far as the order shows it."""
    buyer = order.buyer
    names = (buyer.last_name, buyer.first_name, buyer.second_name)
    return orders.ShopClient(
        id=order.client_id,
        full_name=" ".join(filter(None, names)),
        phones=(buyer.phone,) if buyer.phone else (),
        emails=(buyer.email,) if buyer.email else (),
    )
