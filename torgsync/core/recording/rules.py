"""What of a request and its answer stays as it is, by the names of keys; everything else is replaced.

A key that is unknown is replaced with all that it holds, so that a new field of Prom's gives away its type
only.
Source: docs/developers/prom-api.md §1, §3, §5, §6.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import quote, unquote

from torgsync.core.recording.vocabulary import KEYS, is_word
from torgsync.core.recording.words import Replacer

Pairs = tuple[tuple[str, str], ...]
"""Headers, or the parameters of an address, in their order."""

_MONEY_KEYS = frozenset(
    """price full_price total_price total_payout amount value delivery_cost price_with_special_offer
    special_offer_discount commission commission_amount oldprice""".split()
)
_FRACTIONS = _MONEY_KEYS | {"quantity", "quantity_in_stock", "minimum_order_quantity"}
"""What may be a number with decimals; any other one is replaced."""
_SENTENCES = frozenset("error errors message warning_message warnings detail title status_name".split())
_NAMED_BY_SHOPS = frozenset(
    """payment_option payment_options delivery_option delivery_options order_status_options prosale_commission
    ps_promotion measure_unit""".split()
)
"""What is named by words of the field: they stay, a shop's own go."""
_PRIVATE = frozenset(
    """client clients delivery_recipient recipient_address utm messages rooms data phone phones email emails
    skype comment client_notes delivery_address lat lon lng latitude longitude""".split()
)
"""What holds a person or an address: numbers in it are replaced too."""
_PERSON_IDS = frozenset({"client_id", "buyer_client_id", "client_ids"})
_IDS = frozenset(
    """id ids external_id sku positions product_id product_ids order_id order_ids group_id parent_group_id
    processed_ids variation_base_id variation_group_id category_id image_id message_id last_message_id room_id
    context_item_id import_id receipt_id status_id custom_status_id payment_option_id delivery_option_id
    thread_id""".split()
)
"""Keys whose values name things, not people; an id of another name is replaced."""
_IS_DATE = re.compile(r"(?:(?:.*_)?date(?:_.*)?|.*_(?:modified|created|from|to|at)|modified|created|time)")
_BIRTH = re.compile(r"birth")
_BLANK = re.compile(r"\s")

DATE = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:?\d\d)?)?|\d\d\.\d\d\.\d{4}"
)
_CURRENCY = r"грн\.?|UAH|₴|\$|USD|EUR|€|₸|тг\.?|KZT|руб\.?|р\.|Br|BYN|ле[йв]|lei|MDL"
MONEY = re.compile(rf"-?\d[\d\s.,']{{0,20}}(?:[ \u00a0\u202f]?(?:{_CURRENCY}))?")
_LONGEST_MONEY = 7
_LONGEST_MONEY_IN_WORDS = 9
"""Digits of an amount without and with its currency; a phone has more."""
_UNKNOWN_NUMBER = 10_000_000
"""A whole number from here on that is no id may be a phone or the number of a document."""
_PHONE_NUMBER = re.compile(r"(?:00)?380\d{9}|80\d{9}|375\d{9}|373\d{8}")
_ADDRESS = re.compile(r"https?://\S+", re.IGNORECASE)
_HAS_TAG = re.compile(r"<[a-zA-Z/!]")
_PATH_WORDS = frozenset(
    """api v1 products list by_external_id edit edit_by_external_id import_file import_url import status
    translation groups orders set_status refund attach_receipt order_status_options clients messages reply
    chat rooms messages_history send_message send_file mark_message_read send_order_context payment_options
    delivery_options delivery save_declaration_id""".split()
)
_PATH_IDS = re.compile(r"\d{1,15}")
_PLAIN_HEADERS: Mapping[str, re.Pattern[str]] = {
    "accept": re.compile(r"[\w/*+;=., -]{1,200}"),
    "accept-encoding": re.compile(r"[\w, ;=.*-]{1,100}"),
    "accept-language": re.compile(r"[\w, ;=.*-]{1,100}"),
    "age": re.compile(r"\d{1,9}"),
    "allow": re.compile(r"[A-Z, ]{1,80}"),
    "cache-control": re.compile(r"[\w=, -]{1,200}"),
    "connection": re.compile(r"[\w-]{1,40}"),
    "content-encoding": re.compile(r"[\w, -]{1,40}"),
    "content-language": re.compile(r"[\w, -]{1,20}"),
    "content-length": re.compile(r"\d{1,15}"),
    "content-type": re.compile(r"[\w.+-]{1,60}/[\w.+-]{1,60}(?:; ?charset=[\w-]{1,20})?"),
    "date": re.compile(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT"),
    "expires": re.compile(r"\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT|-1|0"),
    "keep-alive": re.compile(r"[\w=, ]{1,60}"),
    "retry-after": re.compile(r"\d{1,9}(?:\.\d+)?|\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT"),
    "server": re.compile(
        r"(?:nginx|cloudflare|openresty|gunicorn|werkzeug|envoy|qrator)(?:/\d[\d.]{0,15})?"
        r"(?: Python/\d[\d.]{0,15})?",
        re.IGNORECASE,
    ),
    "transfer-encoding": re.compile(r"[\w, ]{1,40}"),
    "user-agent": re.compile(r"torgsync/[\w.+-]{1,40}"),
    "vary": re.compile(r"[\w, -]{1,200}"),
    "x-language": re.compile(r"[a-z]{2}"),
}
"""Headers that stay where their value has this form; of all others the value is replaced."""
_HEADERS_OF_WORDS = frozenset(
    """accept accept-encoding accept-language allow cache-control connection content-encoding content-language
    content-type keep-alive transfer-encoding vary""".split()
)
_HEADER_WORDS = frozenset(
    """accept age aiohttp allow app application br charset chunked close compress control cookie cors data
    deflate delete en form get gzip head html http if identity immutable ios json keep alive language max
    method mime multipart must no node none octet only options origin patch plain post private problem proxy
    public put q revalidate ru s stale store stream text timeout token transform ua uk upgrade urlencoded user
    utf agent vary while windows x xhtml xml zstd cache encoding authorization requested with error csrftoken
    cp""".split()
)
"""Words that may be in the headers of `_HEADERS_OF_WORDS`."""
_COOKIE_ATTRIBUTES = frozenset("path domain expires max-age secure httponly samesite partitioned".split())
_COOKIE_VALUE = re.compile(
    r"/(?:api/v1|api|cms)?/?|-?\d{1,10}|\w{3}, \d\d[ -]\w{3}[ -]\d{2,4} [\d:]{8} GMT|lax|strict|none|",
    re.IGNORECASE,
)
_COOKIE_NAMES = frozenset(
    """sid session sessionid session_id csrf_token csrftoken lang language locale cid auth token __cf_bm
    cf_clearance""".split()
)
_COOKIE_PLAIN = frozenset("path expires max-age secure httponly samesite".split())


def clean_json(words: Replacer, value: object, *, of_edit: bool = False) -> object:
    """Return JSON with its texts replaced; types, money, dates, keys and words of the API stay.

    `of_edit` is an answer whose `errors` are keyed by ids.
    """
    return _JsonCleaner(words, of_edit=of_edit).clean(value, (), private=False)


class _JsonCleaner:
    def __init__(self, words: Replacer, *, of_edit: bool) -> None:
        self._words = words
        self._of_edit = of_edit

    def clean(self, value: object, path: tuple[str, ...], *, private: bool) -> object:
        """Return a value; `path` are the keys above it, `private` whether it is a part of a person."""
        match value:
            case dict():
                ids = self._of_edit and path == ("errors",)
                return {
                    self._key(str(key), ids=ids): self.clean(
                        item, (*path, str(key)), private=private or not _is_public(str(key), ids=ids)
                    )
                    for key, item in value.items()
                }
            case list():
                return [self.clean(item, path, private=private) for item in value]
            case str():
                return self._text(value, path, private=private)
            case float():
                shown = path and path[-1] in _FRACTIONS and not private and abs(value) < _UNKNOWN_NUMBER
                return value if shown else self._words.fraction(value)
            case int() if not isinstance(value, bool):
                return self._number(value, path, private=private)
        return value

    def _key(self, key: str, *, ids: bool) -> str:
        if self._words.holds_secret(key):
            return self._words.text(key)
        if key in KEYS and not (ids and key != "error"):
            return key
        if ids or key.isdigit() or not any(map(str.isdigit, key)):
            return self._words.identifier(key)
        return self._words.text(key)

    def _number(self, number: int, path: tuple[str, ...], *, private: bool) -> int:
        key = path[-1] if path else ""
        if key in _PERSON_IDS or (key == "id" and path[-2:-1] in {("client",), ("clients",)}):
            return self._words.person_id(number)
        if _PHONE_NUMBER.fullmatch(str(abs(number))):
            return int(self._words.text(str(number)))
        unknown = abs(number) >= _UNKNOWN_NUMBER or key.endswith(("_id", "_ids"))
        private = private or not path or (unknown and key not in _IDS)
        counts = key in {"orders_count", "id", "message_id", "last_message_id", "room_id"}
        return self._words.number(number) if private and not counts else number

    def _text(self, text: str, path: tuple[str, ...], *, private: bool) -> str:
        key = path[-1] if path else ""
        if self._stays(text, key, private=private):
            return text
        if _ADDRESS.fullmatch(text):
            return self._words.address(text)
        if key in _IDS and not private and not _BLANK.search(text):
            return self._words.identifier(text)
        if _SENTENCES & set(path) and not private:
            return self._words.page(text) if _HAS_TAG.search(text) else self._words.phrase(text)
        if _HAS_TAG.search(text):
            return self._words.markup(text)
        if _NAMED_BY_SHOPS & set(path):
            return self._words.phrase(text)
        return self._words.text(text)

    def _stays(self, text: str, key: str, *, private: bool) -> bool:
        """Return whether a text is a word of the API, an amount or a date."""
        if self._words.holds_secret(text):
            return False
        if _IS_DATE.fullmatch(key) and not _BIRTH.search(key):
            return bool(DATE.fullmatch(text))
        if key in _MONEY_KEYS:
            longest = _LONGEST_MONEY if text[-1:].isdigit() else _LONGEST_MONEY_IN_WORDS
            return bool(MONEY.fullmatch(text)) and sum(map(str.isdigit, text)) <= longest
        enum = not private or key in {"type", "status", "context_item_type"}
        return enum and is_word(key, text)


def _is_public(key: str, *, ids: bool) -> bool:
    """Return whether what a key holds is neither of a person nor of unknown meaning."""
    return ids or key.isdigit() or (key in KEYS and key not in _PRIVATE)


def clean_path(words: Replacer, path: str) -> str:
    """Return a path, encoded as it was sent, with external ids and clients' numbers replaced."""
    segments = path.split("/")
    return "/".join(
        _segment(words, unquote(segment), after=segments[place - 1] if place else "")
        for place, segment in enumerate(segments)
    )


def _segment(words: Replacer, plain: str, *, after: str) -> str:
    if not plain or (plain in _PATH_WORDS and after not in {"by_external_id", "status"}):
        return plain
    if after == "clients" and _PATH_IDS.fullmatch(plain):
        return str(words.person_id(int(plain)))
    return quote(words.identifier(plain), safe="")


def clean_query(words: Replacer, query: Iterable[tuple[str, str]]) -> Pairs:
    """Return the parameters of an address: pages, dates and words of the API stay, what is searched goes."""
    return tuple((_query_key(words, key), _query_value(words, key, text)) for key, text in query)


def _query_key(words: Replacer, key: str) -> str:
    return key if key in KEYS and not words.holds_secret(key) else words.text(key)


def _query_value(words: Replacer, key: str, text: str) -> str:
    if words.holds_secret(text):
        return words.text(text)
    if _IS_DATE.fullmatch(key) and re.fullmatch(r"[\dT:.Z+ -]{1,40}", text) and re.match(r"\d{4}-\d\d", text):
        return text
    if is_word(key, text):
        return text
    if key in {"limit", "last_id", "group_id", "offset", "page"}:
        return words.identifier(text)
    return words.text(text)


def clean_headers(words: Replacer, headers: Iterable[tuple[str, str]]) -> Pairs:
    """Return headers with tokens, cookies and everything unknown replaced; their names stay."""
    return tuple((name, _header(words, name.lower(), value)) for name, value in headers)


def _header(words: Replacer, name: str, value: str) -> str:
    if name == "authorization":
        scheme, blank, token = value.partition(" ")
        return f"{scheme}{blank}{words.text(token)}" if blank else words.text(value)
    if name == "set-cookie":
        return ";".join(_cookie(words, part, first=not place) for place, part in enumerate(value.split(";")))
    if name == "cookie":
        return ";".join(_cookie(words, part, first=True) for part in value.split(";"))
    if name == "host":
        return words.address(f"http://{value}").removeprefix("http://")
    if name == "location" and _ADDRESS.fullmatch(value):
        return words.address(value)
    if name == "content-type":
        value = re.sub(r"(;\s*boundary=).*", r"\1x", value)
        plain = re.sub(r"; ?boundary=x", "", value)
        return value if _is_plain(words, name, plain) else words.text(value)
    return value if _is_plain(words, name, value) else words.text(value)


def _is_plain(words: Replacer, name: str, value: str) -> bool:
    """Return whether a header has its usual form, and no word that could be a name."""
    form = _PLAIN_HEADERS.get(name)
    if form is None or not form.fullmatch(value) or words.holds_secret(value):
        return False
    found = re.findall(r"[^\W\d_]+", value.lower()) if name in _HEADERS_OF_WORDS else ()
    return _HEADER_WORDS.issuperset(found)


def _cookie(words: Replacer, part: str, *, first: bool) -> str:
    name, sign, value = part.partition("=")
    plain = name.strip().lower()
    if first or plain not in _COOKIE_ATTRIBUTES:
        shown = name if plain in _COOKIE_NAMES | _COOKIE_ATTRIBUTES else words.text(name)
        return f"{shown}{sign}{words.text(value)}"
    if plain in _COOKIE_PLAIN and _COOKIE_VALUE.fullmatch(value):
        return part
    if plain != "domain":
        return f"{name}{sign}{words.text(value)}"
    dot = "." if value.startswith(".") else ""
    return f"{name}{sign}{dot}{words.address(f'http://{value.removeprefix(dot)}').removeprefix('http://')}"


# Import files (prom-api §7)

_PLAIN_TAGS = frozenset(
    """price oldprice priceuah currencyId categoryId portal_category_id quantity_in_stock quantity value
    minimum_order_quantity weight width height length selling_type available discount""".split()
)
_PLAIN_VALUE = re.compile(
    r"\d{1,8}(?:[.,]\d{1,4})?%?|true|false|[rwus]|UAH|USD|EUR|PLN|KZT|BYN|MDL|kg|cm|available|not_available|order|"
)
_ID_TAGS = frozenset({"vendorCode", "barcode", "gtin", "mpn", "categoryId", "portal_category_id"})
_ID_ATTRIBUTES = frozenset({"id", "parentId", "group_id", "portal_id"})
COLUMNS = frozenset(
    """Код_товару Назва_позиції Назва_позиції_укр Пошукові_запити Пошукові_запити_укр Опис
    Опис_укр Тип_товару Ціна Валюта Одиниця_виміру Мінімальний_обсяг_замовлення Оптова_ціна
    Мінімальне_замовлення_опт Посилання_зображення Наявність Кількість Номер_групи Назва_групи
    Посилання_підрозділу Можливість_поставки Термін_поставки Спосіб_пакування
    Спосіб_пакування_укр Унікальний_ідентифікатор Ідентифікатор_товару
    Ідентифікатор_підрозділу Ідентифікатор_групи Виробник Країна_виробник Знижка
    ID_групи_різновидів Особисті_нотатки Продукт_на_сайті Термін_дії_знижки_від
    Термін_дії_знижки_до Ціна_від Ярлик HTML_заголовок HTML_заголовок_укр HTML_опис
    HTML_опис_укр Подарунки Супутні ID_Подарунків ID_Супутніх Код_маркування_(GTIN)
    Номер_пристрою_(MPN) Вага,кг Ширина,см Висота,см Довжина,см Де_знаходиться_товар
    Товар_на_видалення Причина_видалення_товару Назва_Характеристики
    Одиниця_виміру_Характеристики Значення_Характеристики Назва_групи_укр
    Номер_батьківської_групи Ідентифікатор_батьківської_групи""".split()
)
"""Names of the columns of an import by spreadsheet (prom-api §7.3)."""
_SHEETS = frozenset({"Export Products Sheet", "Export Groups Sheet", "Sheet1", "Sheet"})
_SIGNS = frozenset({"+", "-", "!", "&"})


def clean_element(words: Replacer, tag: str, text: str) -> str:
    """Return the text of an element of a YML file."""
    if not text.strip():
        return text
    if tag in _ID_TAGS and not _BLANK.search(text):
        return words.identifier(text)
    if tag in _PLAIN_TAGS and _PLAIN_VALUE.fullmatch(text) and not words.holds_secret(text):
        return text
    if _ADDRESS.fullmatch(text):
        return words.address(text)
    return words.markup(text) if _HAS_TAG.search(text) else words.text(text)


def clean_attribute(words: Replacer, name: str, value: str) -> str:
    """Return the value of an attribute of a YML file."""
    if words.holds_secret(value):
        return words.text(value)
    if name == "name":
        return words.text(value)
    if _PLAIN_VALUE.fullmatch(value) or DATE.fullmatch(value):
        return value
    if name in _ID_ATTRIBUTES and not _BLANK.search(value):
        return words.identifier(value)
    return words.phrase(value) if name == "unit" else words.text(value)


def clean_cell(words: Replacer, text: str) -> str:
    """Return a text of a spreadsheet: names of columns and of Prom's sheets stay."""
    if words.holds_secret(text):
        return words.text(text)
    if text in COLUMNS or text in _SHEETS or text in _SIGNS:
        return text
    return words.identifier(text) if re.fullmatch(r"[\w./-]{1,25}", text) else words.text(text)


def clean_file_name(words: Replacer, name: str) -> str:
    """Return the name of a file that is sent: only the kind at its end stays."""
    stem, dot, kind = name.rpartition(".")
    if not dot or kind.lower() not in {"xml", "yml", "xlsx", "xls", "csv", "jpg", "png"}:
        return words.text(name)
    return f"{stem if stem == 'products' else words.text(stem)}.{kind}"


def media_type(headers: Sequence[tuple[str, str]]) -> str:
    """Return the kind of a body that its header names, such as `application/json`."""
    found = next((value for name, value in headers if name.lower() == "content-type"), "")
    return found.partition(";")[0].strip().lower()
