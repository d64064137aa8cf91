"""Recording requests and answers: no person's data is in the file, whatever spelling it came in."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from html import escape
from typing import Any
from urllib.parse import quote
from zipfile import ZipFile

import httpx
import pytest
from recorded import BROKEN, URL, Answer, Wire

from torgsync.core.recording.exchange import Exchange, Recording, first_line, read_recording
from torgsync.core.recording.rules import clean_headers
from torgsync.core.recording.words import Replacer
from torgsync.errors import TorgsyncError
from torgsync.prom.recording.bodies import clean_body, clean_file
from torgsync.prom.recording.recorder import Recorder
from torgsync.prom.request import Right, import_request, json_request

KEY = b"a key that no file may hold, 32b"
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TOKEN = "5f1e0c7b9a2d4e6f8091a2b3c4d5e6f708192a3b"
PEOPLE = ("Олександра", "Вигаданська", "Мирославівна", "Oleksandra", "Vyhadanska")
PHONES = ("671234598", "501119922")
WORDS = (
    *(
        *PEOPLE,
        "Кобилянської",
        "Чернівці",
        "домофон",
        "мурчика",
        "vyhadanska",
        "gmail",
        "Брошка",
        "смарагдова",
    ),
    *("Королевський", "знижка_для_своїх", "сесія", TOKEN, TOKEN[:16], "sess10n-secret", "20450912345678"),
    *("UA213223130000026007233566001", "4149499912345678", "11122233344", "78.45.12.199"),
)
EMAIL = "vyhadanska@gmail.com"
NOTE = "Подзвоніть Олександрі, домофон 4567, тел. 067-123-45-98; для мурчика"
PERSON = {"first_name": "Олександра", "last_name": "Вигаданська", "second_name": "Мирославівна"}


def spellings(text: str) -> Iterator[str]:
    """Yield a text as JSON, addresses, HTML and other programs write it."""
    for form in {text, text.lower(), text.upper(), text.title(), text[::-1]}:
        yield form
        yield json.dumps(form)[1:-1]
        yield quote(form)
        yield escape(form)
        yield "".join(f"&#{ord(sign)};" for sign in form)
        yield "".join(f"&#x{ord(sign):x};" for sign in form)
        yield base64.b64encode(form.encode()).decode().rstrip("=")
        yield form.encode().hex()


def found_in(text: str, words: tuple[str, ...] = WORDS) -> list[str]:
    """Return what of the private words a text holds, and the phones in any grouping of their digits."""
    folded = text.casefold()
    found = [word for word in words if any(form.casefold() in folded for form in spellings(word))]
    digits = re.sub(r"\D", "", text)
    return found + [phone for phone in PHONES if phone in digits]


class Recorded(list[str]):
    """The lines that a recorder wrote."""

    def __init__(self, *answers: Answer | Exception) -> None:
        super().__init__([first_line("1.0")])
        self.wire = Wire(*answers)
        self.http = self.wire.http(token=TOKEN, recorder=Recorder(KEY, self.append, lambda: NOW))

    @property
    def exchanges(self) -> tuple[Exchange, ...]:
        """The recorded exchanges."""
        recording = read_recording(self)
        assert isinstance(recording, Recording)
        return recording.exchanges

    @property
    def answer(self) -> Any:  # noqa: ANN401  # JSON may be anything
        """The JSON of the last answer."""
        answer = self.exchanges[-1].answer
        assert answer is not None
        assert answer.body is not None
        return answer.body["json"]


def says(document: object, status: int = 200, **headers: str) -> Answer:
    content = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return Answer(status, content, {"Content-Type": "application/json", **headers})


ORDER: dict[str, Any] = {
    "id": 300000001,
    "status": "paid",
    "status_name": "Оплачено",
    "source": "portal",
    "date_created": "2025-01-23T16:16:39.053131+00:00",
    "client_id": 100000001,
    **{f"client_{name}": text for name, text in PERSON.items()},
    "client": {"id": 100000001, **PERSON, "phone": 380671234598},
    "delivery_recipient": {**PERSON, "phone": "+38 (067) 123-45-98"},
    "phone": "+380671234598",
    "email": EMAIL,
    "client_notes": NOTE,
    "price": "1 713 грн",
    "full_price": "1 713,50 грн",
    "delivery_cost": 0,
    "delivery_address": "м. Чернівці, вул. О. Кобилянської, 17, кв. 3, тел. 0501119922",
    "delivery_provider_data": {
        "provider": "nova_poshta",
        "declaration_number": "20450912345678",
        "recipient_address": {"city_name": "Чернівці", "street_name": "Кобилянської", "building_number": 17},
        "recipient_warehouse_id": "7b422fbe-e1b8-11e3-8c4a-0050568002cf",
    },
    "delivery_option": {"id": 1, "name": "Нова Пошта Вигаданська"},
    "payment_data": {"type": "evopay", "status": "paid"},
    "products": [
        {
            "id": 1600000001,
            "external_id": "12345",
            "sku": "AA-7775",
            "name": "Брошка смарагдова",
            "url": "https://prom.ua/p1600000001-broshka-smaragdova-Олександра.html",
            "quantity": 1.0,
            "price": "1 713 грн",
        }
    ],
    "utm": {"source": "vyhadanska", "campaign": "знижка_для_своїх"},
    "a_new_field": {"Вигаданська": ["Олександра", {"iban": "UA213223130000026007233566001"}]},
    "birth_date": "1985-03-14",
    "passport": 11122233344,
    "status_hint": f"<b title='Вигаданська'>Олександра</b> <vyhadanska@gmail.com> {TOKEN}",
}


def test_an_order_keeps_its_shape_only() -> None:
    """Types, words of the API, money, dates and ids stay; every text about a person is another one."""
    recorded = Recorded(says({"orders": [ORDER]}))
    recorded.http.get("/orders/list", {"last_modified_from": "2026-01-01T00:00:00"}, right=Right.ORDERS_READ)
    assert found_in("".join(recorded)) == []
    (order,) = recorded.answer["orders"]
    for key in (
        "id",
        "status",
        "status_name",
        "source",
        "date_created",
        "price",
        "full_price",
        "payment_data",
    ):
        assert order[key] == ORDER[key], key
    assert order["products"][0]["price"] == "1 713 грн"
    assert (order["products"][0]["external_id"], type(order["products"][0]["quantity"])) == ("12345", float)
    assert order["products"][0]["url"].startswith("https://prom.ua/p1600000001-")
    assert order["delivery_provider_data"]["provider"] == "nova_poshta"
    assert order["delivery_option"]["name"].startswith("Нова Пошта ")
    assert order["client_first_name"] == order["client"]["first_name"] != "Олександра"
    assert order["client"]["id"] == order["client_id"] != 100000001
    # One phone is one phone, in each of its spellings.
    own = re.sub(r"\D", "", order["phone"])
    assert (own[:3], len(own), str(order["client"]["phone"])) == ("380", 12, own)
    assert re.fullmatch(r"\+38 \(0\d\d\) \d{3}-\d\d-\d\d", order["delivery_recipient"]["phone"])
    assert re.sub(r"\D", "", order["delivery_recipient"]["phone"]) == own
    assert len(order["client_notes"]) == len(NOTE)
    assert recorded.exchanges[0].query == (("last_modified_from", "2026-01-01T00:00:00"),)


@pytest.mark.parametrize(
    ("document", "kept"),
    [
        (
            {"error": {"status": 400, "message": "В данный момент действует ограничение на запуск импортов"}},
            "В данный момент действует ограничение на запуск импортов",
        ),
        ({"error": f"Клієнт Вигаданська {EMAIL} не знайдений, токен {TOKEN}"}, "не знайдений, токен"),
        ({"errors": {"Вигаданська": "Поле name: Брошка", "1600000001": {"name": ["Unknown"]}}}, "1600000001"),
        (
            {"status": "error", "message": "067 123 45 98", "errors": {"declaration_id": "20450912345678"}},
            "error",
        ),
        ({"messages": [{"id": 1, "message": NOTE, "phone": 671234598, "status": "read"}]}, "read"),
        ({"clients": [{"id": 7, "phones": [380671234598], "emails": [EMAIL], "lat": 48.29}]}, "clients"),
        ({"products": [{"id": "0671234598", "external_id": "0671234598", "price": "0671234598"}]}, "price"),
        ({"data": {"rooms": [{"ident": "671234598_11122233344_buyer", "id": 5}]}, "status": "ok"}, "rooms"),
        (
            {TOKEN: [NOTE, "\ud83d"], "Вигаданська": {"vyhadanska@gmail.com": None}, "data": [1, 2.5, True]},
            "data",
        ),
        ({"html": "<p>Вигаданська<!-- Олександра --></p><img src='https://a.example/Брошка.jpg'>"}, "<p>"),
        ({"text": "".join(f"&#{ord(sign)};" for sign in NOTE), "url": "https://[bad/Вигаданська"}, "text"),
        ({"url": f"https://vyhadanska.prom.ua/{TOKEN}?q={quote('Вигаданська')}#Брошка", "n": 1e3}, "prom"),
        ({"value": "671234598", "tax_id": 11122233344, "viber_ids": ["671234598"], "list": 1}, "value"),
        ({"error": "067/123/45/98 Justin Max"}, "error"),
        ({"card": "4149 4999 1234 5678", "ip": "78.45.12.199", "tel": "тел:067/123-45/98"}, "json"),
        ({"project": "Vyhadanska", "code": "Vyhadanska.O", "source": "portal"}, "portal"),
        ({"initiator": "Oleksandra", "status": "custom-12", "kind": "Oleksandra"}, "custom-12"),
        ({"contact": 380671234598.0, "price": 671234598.0, "quantity": 1.25}, "1.25"),
        ({"Oleksandra_Vyhadanska": {"flat": "A"}, "products": [{"Vyhadanska": 1}]}, "products"),
        ([["Вигаданська", 671234598]], "["),
    ],
)
def test_no_answer_gives_anybody_away(document: object, kept: str) -> None:
    """Unknown keys, messages, ids that are phones, pages, entities: only words of the field stay."""
    recorded = Recorded(says(document))
    with suppress(TorgsyncError):
        recorded.http.get("/products/list", right=Right.PRODUCTS_READ)
    text = recorded[1]
    assert [word for word in found_in(text) if word not in PHONES] == []
    assert not re.search("671234598|501119922", text)
    assert kept in text


def test_numbers_that_say_where_somebody_lives() -> None:
    """Places and numbers of houses are other ones, whatever key they are under."""
    document = {"coord": [49.839683, 24.029717], "error": "дом 75 кв 812", "detail": "кв. 975", "дом75": 1.5}
    recorded = Recorded(says(document))
    with suppress(TorgsyncError):
        recorded.http.get("/products/list", right=Right.PRODUCTS_READ)
    text = json.dumps(recorded.answer)
    assert not re.search("49[.]839|24[.]029|75|812", text)
    (places,) = (value for value in recorded.answer.values() if isinstance(value, list))
    assert [type(number) for number in places] == [float, float]


def test_bodies_that_are_no_json() -> None:
    """A page keeps its tags and the words of its field, bytes only their size, and `NaN` is a text."""
    page = f"<html><head><title>403 Forbidden</title></head><body data-x='{EMAIL}'>Вигаданська</body></html>"
    for content, kind, kept in (
        (page.encode(), "page", "<title>403 Forbidden</title></head><body>"),
        (page.encode("cp1251"), "page", "Forbidden"),
        ("Вигаданська: access denied".encode(), "text", ": access denied"),
        (b'{"a": NaN, "b": "Oleksandra"}', "text", '{"a": '),
        (b'{"a": 1e999, "b": "Oleksandra"}', "text", '{"a": '),
        (b"[" * 90000, "text", "[[["),
        (b"\x98\x00\xff", "bytes", ""),
        (b"\x00", "bytes", ""),
    ):
        recorded = Recorded(
            Answer(403, content, {"Content-Type": f"text/{'html' if kind == 'page' else 'plain'}"})
        )
        with pytest.raises(TorgsyncError):
            recorded.http.get("/products/list", right=Right.PRODUCTS_READ)
        answer = recorded.exchanges[0].answer
        assert answer is not None
        assert answer.body is not None
        assert answer.body["kind"] == kind
        assert kept in answer.body.get("text", "")
        assert found_in(recorded[1]) == []


def test_headers_and_cookies() -> None:
    """Tokens, cookies and what is unknown go; the names stay, and what says how the server works."""
    headers = {
        "Content-Type": "application/json; charset=utf-8",
        "Set-Cookie": f"sid=sess10n-secret; Path=/; Domain=.prom.ua; Expires={TOKEN}; HttpOnly; Олександра=x",
        "X-User": "Vyhadanska",
        "Location": f"https://my.prom.ua/cms?user={EMAIL}",
        "Server": "nginx/1.25",
        "Date": "Mon, 02 Mar 2026 09:00:00 GMT",
        "Retry-After": "3",
        "X-Request-Id": TOKEN,
        "Vary": "Vyhadanska@",
    }
    sent = {name: value.encode("utf-8") for name, value in headers.items()}
    recorded = Recorded(Answer(200, b"{}", sent))  # type: ignore[arg-type]  # bytes of any encoding
    recorded.http._client.headers.update({"Cookie": "sid=sess10n-secret; lang=uk", "X-Token": TOKEN})
    recorded.http.get("/orders/list", right=Right.ORDERS_READ)
    assert found_in(recorded[1]) == []
    exchange = recorded.exchanges[0]
    assert exchange.answer is not None
    given, came = dict(exchange.headers), dict(exchange.answer.headers)
    assert re.fullmatch("Bearer [0-9a-f]{40}", given["Authorization"])
    assert given["Authorization"] == f"Bearer {given['X-Token']}"
    assert (came["Server"], came["Retry-After"], came["Date"]) == ("nginx/1.25", "3", headers["Date"])
    assert came["Set-Cookie"].startswith("sid=")
    assert "; Path=/; Domain=.prom.ua;" in came["Set-Cookie"]
    assert came["Location"].startswith("https://my.prom.ua/")
    assert given["X-LANGUAGE"] == "uk"


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("Server", "nginx oleksandra-vyhadanska", None),
        ("Server", "Werkzeug/3.1.3 Python/3.12.1", "Werkzeug/3.1.3 Python/3.12.1"),
        ("Set-Cookie", "vyhadanska=1; Path=/oleksandra; Secure", None),
        ("Set-Cookie", "sid=; Path=/; Max-Age=60", "sid=; Path=/; Max-Age=60"),
        ("Content-Type", "application/vyhadanska", None),
        ("Cache-Control", "no-store, max-age=0", "no-store, max-age=0"),
        ("Vary", "Oleksandra", None),
    ],
)
def test_a_header_holds_no_name(name: str, value: str, shown: str | None) -> None:
    """Of a header that a server may fill freely, only words of HTTP and versions stay."""
    ((_, cleaned),) = clean_headers(Replacer(KEY), [(name, value)])
    assert found_in(cleaned) == []
    assert cleaned == (shown or cleaned)


FEED = f"""<?xml version="1.0"?><!DOCTYPE yml_catalog><yml_catalog date="2026-03-02 09:00"><shop>
<name>Вигаданська</name><!-- Олександра --><?note Олександра?>
<currencies><currency id="UAH" rate="1"/></currencies>
<categories><category id="A-1" parentId="{TOKEN}">Брошка</category></categories><offers>
<offer id="26901" available="true" group_id="5" Вигаданська="Олександра"><name>Брошка смарагдова</name>
<price>1713.00</price><currencyId>UAH</currencyId><picture>https://a.example/Брошка.jpg</picture>
<vendorCode>AA-7775</vendorCode><vendorCode>AA Вигаданська 7</vendorCode>
<param name="Кобилянської" unit="см">1</param>
<description><![CDATA[<p>Дзвоніть 067 123 45 98, {EMAIL}</p>]]></description><Олександра>1</Олександра>
<price>Вигаданська</price><country>{TOKEN}</country>tail Олександра</offer></offers></shop></yml_catalog>"""


def test_an_import_file() -> None:
    """Its texts are replaced; ids, prices, words of the format and its form stay."""
    recorded = Recorded(says({"id": "0123456789abcdef01234567", "status": "success"}))
    recorded.http.send(import_request('{"updated_fields": ["price"]}', io.BytesIO(FEED.encode())))
    assert found_in(recorded[1]) == []
    body = recorded.exchanges[0].body
    assert body is not None
    data, file = body["parts"]
    assert data["content"] == {"kind": "json", "json": {"updated_fields": ["price"]}}
    assert (file["filename"], file["type"], file["content"]["kind"]) == (
        "products.xml",
        "application/xml",
        "xml",
    )
    text = file["content"]["text"]
    for kept in (
        '<offer id="26901" available="true" group_id="5"',
        "<price>1713.00</price>",
        "&lt;p&gt;",
        'id="UAH"',
    ):
        assert kept in text
    assert recorded.answer["status"] == "success"


def test_a_spreadsheet() -> None:
    """Names of columns and numbers stay, texts and authors go; what is no spreadsheet is a size."""
    out = io.BytesIO()
    sheet = (
        '<worksheet xmlns="x"><c t="inlineStr"><is><t>Назва_позиції</t></is></c><c><v>1600000001</v></c>'
        f"<c><is><t>Брошка смарагдова</t></is></c><c><v>380671234598</v></c><c><is><t>{TOKEN}</t></is></c>"
        '<hyperlink location="Вигаданська"/>x Олександра</worksheet>'
    )
    with ZipFile(out, "w") as archive:
        archive.writestr("xl/worksheets/sheet1.xml", sheet)
        archive.writestr(
            "xl/workbook.xml", '<w><sheet name="Export Products Sheet"/><sheet name="Олександра"/></w>'
        )
        archive.writestr("_rels/.rels", '<r><Relationship Target="xl/workbook.xml"/></r>')
        archive.writestr("xl/media/Олександра.png", b"\x89PNG")
    recorded = Recorded(says({}))
    request = import_request("{}", io.BytesIO(out.getvalue()))
    recorded.http.send(request)
    assert found_in(recorded[1]) == []
    body = recorded.exchanges[0].body
    assert body is not None
    members = body["parts"][1]["content"]["members"]
    assert "Назва_позиції" in members["xl/worksheets/sheet1.xml"]
    assert "<v>1600000001</v>" in members["xl/worksheets/sheet1.xml"]
    assert 'name="Export Products Sheet"' in members["xl/workbook.xml"]
    assert 'Target="xl/workbook.xml"' in members["_rels/.rels"]
    assert list(members) == ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "_rels/.rels"]


def test_writes_and_answers_that_never_came() -> None:
    """What is sent is recorded without people; without an answer it is why, and the request all the same."""
    recorded = Recorded(BROKEN, says({"status": "error", "message": "Етот ЭН"}))
    body = {"order_id": 300000001, "declaration_id": "20450912345678", "delivery_type": "nova_poshta"}
    with pytest.raises(TorgsyncError):
        recorded.http.send(json_request("/delivery/save_declaration_id", body, Right.ORDERS_WRITE))
    recorded.http._client.post("/unseen")  # not by the recorder's way
    first, second = recorded.exchanges
    assert (first.error, first.answer, second.error) == ("ReadError", None, "")
    assert (first.method, first.path, first.number, second.number) == (
        "POST",
        "/delivery/save_declaration_id",
        1,
        2,
    )
    assert first.body is not None
    assert first.body["json"] | {"declaration_id": ""} == body | {"declaration_id": ""}
    assert found_in("".join(recorded)) == []


def test_paths_and_parameters() -> None:
    """Ids stay, external ones without their letters, clients' numbers move; what is searched for goes."""
    recorded = Recorded(says({"product": {"id": 1, "external_id": "Вигаданська/7"}}))
    for path in (
        "/products/1600000001",
        f"/products/by_external_id/{quote('Вигаданська/7', safe='')}",
        "/clients/100000001",
    ):
        params: dict[str, str | int] = {
            "search_term": "Вигаданська",
            "limit": 100,
            "status": "Олександра",
            "Брошка": TOKEN,
        }
        recorded.http.get(
            path, params | {"sort": "asc", "date_from": "Олександра"}, right=Right.PRODUCTS_READ
        )
    assert found_in("".join(recorded)) == []
    by_id, by_name, client = recorded.exchanges
    assert (by_id.path, dict(by_id.query)["limit"], dict(by_id.query)["sort"]) == (
        "/products/1600000001",
        "100",
        "asc",
    )
    assert by_name.answer is not None
    assert by_name.answer.body is not None
    assert by_name.path.endswith(quote(by_name.answer.body["json"]["product"]["external_id"], safe=""))
    assert client.path.startswith("/clients/10")
    assert client.path != "/clients/100000001"


def test_another_key_gives_other_texts() -> None:
    """The replacements cannot be made again without the key, and the key is not written."""
    lines = []
    for key in (KEY, b"another"):
        recorded = Recorded(says({"orders": [ORDER]}))
        recorded.http._recorder = Recorder(key, recorded.append, lambda: NOW)
        recorded.http.get("/orders/list", right=Right.ORDERS_READ)
        lines.append(recorded.answer["orders"][0]["client_first_name"])
        assert not any(form in recorded[1] for form in spellings(KEY.decode()))
    assert lines[0] != lines[1]


@pytest.mark.parametrize("content", [b"PK\x03\x04 cut", b"<open>", "Вигаданська;1".encode(), b"\xff\xfe\x00"])
def test_files_of_other_kinds(content: bytes) -> None:
    """Only their size is recorded."""
    assert clean_file(Replacer(KEY), content) == {"kind": "bytes", "size": len(content)}


def test_a_form_without_its_boundary() -> None:
    """It has no parts that could be read."""
    words = Replacer(KEY)
    assert clean_body(words, b"x", [("Content-Type", "multipart/form-data")], "") == {
        "kind": "form",
        "parts": [],
    }
    assert clean_body(words, b"", [], "") is None
    head = b'Content-Disposition: form-data; name="\xd0\x9e"; filename="photo Oleksandra.bin"'
    piece = b"--b\r\n" + head + b"\r\n\r\nx\r\n--b--\r\n"
    body = clean_body(words, piece, [("Content-Type", "multipart/form-data; boundary=b")], "")
    assert body is not None
    (part,) = body["parts"]
    assert part["content"] == {"kind": "bytes", "size": 1}
    assert found_in(str(part)) == []
    assert httpx.URL(URL).path == "/api/v1"


def test_what_cannot_be_recorded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The request goes on, and nothing that was not cleaned is written."""
    recorded = Recorded(says({"orders": [ORDER]}))

    def broken(*_: object) -> None:
        raise KeyError("Вигаданська")

    monkeypatch.setattr("torgsync.prom.recording.recorder.clean_body", broken)
    assert recorded.http.get("/orders/list", right=Right.ORDERS_READ)["orders"]
    recorder = recorded.http._recorder
    assert recorder is not None
    assert (len(recorded), recorder.count, recorder.unread) == (1, 1, 1)
