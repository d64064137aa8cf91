"""The page that lists the shops of a marketplace; each is at a host name of its own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from werkzeug.wrappers import Request, Response

from torgsync.sandbox.pages.pages import HEADERS, page_templates
from torgsync.sandbox.shop.shops import Shops


class ListedShop(NamedTuple):
    """A shop in the list; the counts are None where it was not asked for yet."""

    token: str
    address: str
    products: int | None
    orders: int | None
    imports: int | None


def shop_list_page(request: Request, shops: Shops) -> Response:
    """Return the page; no shop is made for it."""
    html = page_templates().get_template("shops.html").render(shops=listed(shops, request.host))
    response = Response(html.encode(errors="replace"), mimetype="text/html")
    response.headers.update(HEADERS)
    return response


def listed(shops: Shops, host: str) -> Sequence[ListedShop]:
    """Return all shops; their addresses have the port of this host."""
    _, colon, port = host.rpartition(":")
    tail = f"{colon}{port}" if port.isdigit() else ""
    made = shops.made()
    found = []
    for token in shops:
        shop = made.get(token)
        counts = (
            (None,) * 3 if shop is None else (len(shop.products()), len(shop.orders), len(shop.imports()))
        )
        found.append(ListedShop(token, f"http://{token}.localhost{tail}/", *counts))
    return found
