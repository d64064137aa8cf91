"""The keys of the API's objects, and the words that are values of theirs: all that a recording shows of both.

A name of either that is not here may be a person's, so it is replaced.
Source: docs/developers/prom-api.md §2.1, §3, §4, §5, §6, §13.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_STATUSES = "pending received paid delivered canceled draft"
_STAGES = "download store_file validation import download_images"
_FIELDS = """id external_id name sku price images_urls presence quantity_in_stock description group keywords
    attributes discount labels gtin mpn status currency measure_unit"""
_CARRIERS = """nova_poshta ukrposhta meest meest_express mist_express justin delivery_auto rozetka_delivery
    pickup"""
_LANGUAGES = "ru uk ua en kk be ro"

WORDS: Mapping[str, frozenset[str]] = {
    key: frozenset(words.split())
    for key, words in {
        "status": f"""{_STATUSES} on_display deleted not_on_display editing_required approval_pending
            deleted_by_moderator unpaid refunded paid_out waiting_loan_approval loan_rejected loan_approved
            accepted declined success partial fatal fail failed error ok unread read new active archived
            banned""",
        "presence": "available not_available order service waiting",
        "selling_type": "retail wholesale universal service",
        "currency": "UAH USD EUR PLN KZT BYN MDL",
        "provider": _CARRIERS,
        "delivery_type": _CARRIERS,
        "shipping_service": _CARRIERS,
        "type": f"""{_CARRIERS} amount percent W2W W2D D2W D2D evopay message context notification system own
            courier""",
        "source": "portal company_site company_cabinet mobile_app mobile_catalog_app bigl",
        "unified_status": "on_the_way in_warehouse delivered",
        "code": _STATUSES,
        "field_code": _FIELDS,
        "updated_fields": _FIELDS,
        "cancellation_reason": """not_available buyers_request duplicate invalid_phone_number another
            price_changed not_enough_fields less_than_minimal_price payment_not_received
            no_product_variants""",
        "category": _STAGES,
        "stage": _STAGES,
        "initiator": "seller buyer",
        "context_item_type": "product order file",
        "mark_missing_product_as": "none not_available not_on_display deleted",
        "sort": "asc desc",
        "sort_dir": "asc desc",
        "project": "promua",
        "lang": _LANGUAGES,
        "language": _LANGUAGES,
    }.items()
}
"""The words that a key may have, by the key; their letters' case does not matter."""
_FOLDED = {key: frozenset(map(str.casefold, words)) for key, words in WORDS.items()}
_OWN_STATUS = re.compile(r"custom-\d{1,7}")
"""A status that a shop made (prom-api §5.2)."""

KEYS = (
    frozenset(WORDS)
    | frozenset(_FIELDS.split())
    | frozenset(_STAGES.split())
    | frozenset(
        """
    actualized amount apartment_number birth_date body buyer_client_id building_number campaign
    cancellation cancellation_text caption category_id city_id city_katottg city_name client
    client_first_name client_full_name client_id client_ids client_last_name client_notes client_phone
    client_second_name clients comment commission commission_amount conditions context_item_id
    context_item_image_url cpa_commission created created_active created_hidden custom_status_id data
    date date_created date_end date_from date_modified date_sent date_start date_to declaration_id
    declaration_number delivery_address delivery_cost delivery_option delivery_option_id
    delivery_options delivery_provider_data delivery_recipient description_multilang detail
    dont_call_customer_back email emails enabled error errors extra file first_name force_update
    full_price group_id groups has_order_promo_free_delivery ident ids image image_id images import_id
    imported in_stock is_refunded is_sender is_variation last_id last_message_id last_modified_from
    last_modified_to last_name limit main_image mark_dropshipping medium message message_id messages
    minimum_order_quantity name_multilang not_changed not_in_file not_in_fle offset oldprice
    only_available order order_id order_ids order_status_options orders orders_count page
    parent_group_id payment_data payment_option payment_option_id payment_options phone phones position
    positions presence_sure price_with_special_offer prices processed_ids product product_id product_ids
    products prosale_commission ps_promotion quantity receipt_id recipient_address
    recipient_warehouse_id regions reason room_id room_ident rooms rpay_parts search_term second_name
    sender_warehouse_id skype special_offer_discount special_offer_promocode status_code status_id
    status_modified status_name street_id street_name subject text thread_id thumbnail_url title total
    total_payout total_price updated url user_ident user_name user_phone utm value variation_base_id
    variation_group_id vendor_code warehouse_id warning_message warnings with_errors_count
    """.split()
    )
    | {"ru", "uk", "isGift", "processId"}
)
"""The keys of requests, answers and addresses that may be shown."""


def is_word(key: str, text: str) -> bool:
    """Return whether a text is a word of the API that a key may have."""
    return text.casefold() in _FOLDED.get(key, ()) or (key == "status" and bool(_OWN_STATUS.fullmatch(text)))
