"""The addresses of the API, and the section of rights to which each belongs.

A handler gets the shop, under its lock and with all due imports done, and the call; it returns the JSON of
the answer, or None where there is nothing at this address. Refusals are answers, too: Prom sends them with a
200 (prom-api §1.3). The client has its own list of paths: client and sandbox share no code on purpose.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from torgsync.sandbox.api import orders, products
from torgsync.sandbox.api.answers import Json
from torgsync.sandbox.shop.rights import Section


@dataclass(frozen=True)
class Route:
    """One address: its path is below `/api/v1/`, and all but a GET needs the right to write."""

    method: str
    path: str
    section: Section
    handler: Callable[..., Json | None]


ROUTES = (
    Route("GET", "products/list", "products", products.list_products),
    Route("GET", "products/<int:product_id>", "products", products.show_product),
    # An external id may contain slashes; they come encoded and arrive here decoded.
    Route("GET", "products/by_external_id/<path:external_id>", "products", products.show_by_external_id),
    Route("POST", "products/edit", "products", products.edit_products),
    Route("POST", "products/edit_by_external_id", "products", products.edit_products_by_external_id),
    Route("POST", "products/import_file", "products", products.import_file),
    Route("POST", "products/import_url", "products", products.import_url),
    Route("GET", "products/import/status/<import_id>", "products", products.show_import),
    Route("GET", "groups/list", "groups", products.list_groups),
    Route("GET", "orders/list", "orders", orders.list_orders),
    Route("GET", "orders/<int:order_id>", "orders", orders.show_order),
    Route("POST", "orders/set_status", "orders", orders.set_order_status),
    Route("POST", "delivery/save_declaration_id", "orders", orders.save_declaration),
    Route("GET", "order_status_options/list", "orders", orders.list_order_statuses),
    Route("GET", "clients/list", "clients", orders.list_clients),
    Route("GET", "clients/<int:client_id>", "clients", orders.show_client),
    Route("GET", "payment_options/list", "settings", orders.list_payment_options),
    Route("GET", "delivery_options/list", "settings", orders.list_delivery_options),
)
