"""What the reader of YML exports promises: every offer comes as its columns, and a cut file not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from dialects import offer, yml

from torgsync.core.product.cells import KEY_BREAK, section_path
from torgsync.core.product.columns import SITE_TEXT, ExportRecord
from torgsync.errors import ExportInvalid
from torgsync.files.catalog.catalog_file import Aspect, FileFormat, ReadSettings
from torgsync.files.catalog.refusals import CORRECTED
from torgsync.files.catalog.yml.catalog import YmlFile, open_yml
from torgsync.files.catalog.yml.markup import AMPERSANDS

COLUMNS = ("GoodID", "GoodName", "RetailPrice", "висота")
ROWS = [(17, "Капці", "632,74", "5 см"), (18, 'Горщик "Ромашка" & Ко', "5", "")]
TREE = {"1": ("", "Сад"), "11": ("1", "Полив, лійки"), "7": ("7", "Коло|2=а"), "": ("", "без номера")}


def write(folder: Path, text: str, encoding: str = "utf-8", junk: bytes = b"") -> Path:
    path = folder / "TSGoods.trs"
    path.write_bytes(junk + text.encode(encoding))
    return path


def goods(file: YmlFile) -> list[dict[str, str]]:
    return [file.cells(record) for record in file.records()]


def single(
    folder: Path, inner: str, attributes: str = 'id="17"', given: ReadSettings | None = None
) -> dict[str, str]:
    """Return the only good of a file with this offer, without its empty columns."""
    path = write(folder, yml([f"<offer {attributes}>{inner}</offer>"], categories=TREE))
    (cells,) = goods(open_yml(path, given or ReadSettings()))
    return {name: text for name, text in cells.items() if text}


def refusal(path: Path, given: ReadSettings | None = None) -> ExportInvalid:
    with pytest.raises(ExportInvalid) as caught:
        goods(open_yml(path, given or ReadSettings()))
    assert str(path) in caught.value.message
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("quotes", [False, True])
def test_params_are_the_columns(tmp_path: Path, quotes: bool) -> None:
    """Every column of the file comes back, also with the quotes of the CSV around it."""
    file = open_yml(write(tmp_path, yml([offer(COLUMNS, row, quotes=quotes) for row in ROWS])))
    assert (file.kind, file.has_header, file.columns) == (FileFormat.YML, True, COLUMNS)
    assert [tuple(cells.values()) for cells in goods(file)] == [tuple(map(str, row)) for row in ROWS]
    assert [file.good_id(record) for record in file.records()] == ["17", "18"]
    assert [record.line for record in file.records()] == [6, 7]
    assert {file.file_of(record) for record in file.records()} == {"TSGoods.trs"}


@pytest.mark.parametrize(
    ("written", "declared", "junk", "found"),
    [
        ("utf-8", "UTF-8", b"", "utf-8"),
        ("utf-8", None, b"", "utf-8"),
        ("cp1251", "windows-1251", b"", "cp1251"),
        ("cp1251", None, b"", "cp1251"),
        ("utf-8-sig", "windows-1251", b"", "utf-8"),
        ("utf-8", "UTF-8", b"\x01\r\n \x1f", "utf-8"),
        ("utf-8", "windows-1251", b"", "utf-8"),
    ],
)
def test_the_encoding_is_found_out(
    tmp_path: Path, written: str, declared: str | None, junk: bytes, found: str
) -> None:
    """Mark, declaration, letters: in that order, and a declaration is not believed against the letters."""
    text = yml([offer(COLUMNS, row) for row in ROWS], encoding=declared, categories=TREE)
    file = open_yml(write(tmp_path, text, written, junk))
    assert file.encoding == found
    assert goods(file)[0]["GoodName"] == "Капці"
    assert [record.line for record in file.records()] == [6 + junk.count(b"\n"), 7 + junk.count(b"\n")]
    assert [guess.aspect for guess in file.guesses] == ([] if "sig" in written else [Aspect.ENCODING])


def test_an_encoding_can_be_set(tmp_path: Path) -> None:
    """A setting is not guessed; only the two encodings are accepted."""
    path = write(tmp_path, yml([offer(COLUMNS, ROWS[0])], encoding="koi8-u"), "cp1251")
    assert "koi8-u" in refusal(path).message
    file = open_yml(path, ReadSettings(encoding="cp1251"))
    assert file.guesses == ()
    assert goods(file)[0]["GoodName"] == "Капці"


def test_letters_that_the_declaration_does_not_allow_are_refused(tmp_path: Path) -> None:
    """A file that says UTF-8 and is not has been spoilt."""
    assert "line 3" in refusal(write(tmp_path, yml([offer(COLUMNS, ROWS[0])]), "cp1251")).message


def test_elements_of_the_norm_stand_for_columns(tmp_path: Path) -> None:
    """Without params, what YML itself knows fills our columns; the rest keeps its name."""
    inner = (
        "<name>Лійка</name><price>780</price><oldprice>950</oldprice><vendorCode>0517</vendorCode>"
        "<barcode>2900000042940</barcode><vendor>Верба</vendor><country_of_origin>Польща</country_of_origin>"
        "<stock_quantity>3</stock_quantity><categoryId>11</categoryId><description><![CDATA[<p>a</p>]]>"
        "</description><picture> https://a/1.jpg </picture><picture>https://a/2.jpg</picture><url>u</url>"
    )
    assert single(tmp_path, inner, 'id="17" group_id="4295"') == {
        "GoodID": "17",
        "GoodName": "Лійка",
        "RetailPrice": "950",
        "RetailPriceWithDiscount": "780",
        "Articul": "0517",
        "Barcode": "2900000042940",
        "PCName": "Верба",
        "Country": "Польща",
        "WarehouseQuantity": "3",
        "Category": "11",
        "SynchronizationSection": "Полив, лійки",
        "SynchronizationSectionFull": "1=Сад|11=Полив, лійки",
        "Description": "<p>a</p>",
        "picture": "https://a/1.jpg\nhttps://a/2.jpg",
        "ModelGoodID": "4295",
        "url": "u",
    }


@pytest.mark.parametrize("old", ["", "780", "700", "null", "-", "0,00"])
def test_a_price_without_a_discount_stands_in_both_columns(tmp_path: Path, old: str) -> None:
    """Only an old price above the price makes a discount."""
    found = single(tmp_path, f"<price>780</price><oldprice>{old}</oldprice>")
    assert (found["RetailPrice"], found["RetailPriceWithDiscount"]) == ("780", "780")


def test_an_unreadable_price_is_kept(tmp_path: Path) -> None:
    """The mapper reports it."""
    found = single(tmp_path, "<price>?</price><oldprice>5</oldprice>")
    assert (found["RetailPrice"], found["RetailPriceWithDiscount"]) == ("?", "?")


def test_a_param_wins(tmp_path: Path) -> None:
    """The accounting program's own column goes before the element; an empty one leaves the element."""
    inner = (
        "<price>1</price><vendorCode>A</vendorCode><param name='GoodID'>99</param>"
        '<param name="RetailPrice">2</param><param name="Articul"/>'
    )
    found = single(tmp_path, inner)
    assert (found["GoodID"], found["RetailPrice"], found["Articul"]) == ("99", "2", "A")


def test_the_text_for_the_site_is_not_lost(tmp_path: Path) -> None:
    """Where a param `Description` holds a part of the name, the element has a column of its own."""
    inner = '<description>довгий</description><param name="Description">Капці</param>'
    found = single(tmp_path, inner)
    assert (found["Description"], found[SITE_TEXT]) == ("Капці", "довгий")


@pytest.mark.parametrize(
    ("inner", "name"),
    [
        ("<name>А</name><name_ua>Б</name_ua>", "А"),
        ("<name_ua>Б</name_ua>", "Б"),
        ("<typePrefix>Лійка</typePrefix><vendor>Верба</vendor><model>2 л</model>", "Лійка Верба 2 л"),
        ("<model>2 л</model>", "2 л"),
    ],
)
def test_a_name_is_found_or_composed(tmp_path: Path, inner: str, name: str) -> None:
    """`vendor.model` has its name in three parts."""
    assert single(tmp_path, inner, 'id="1" type="vendor.model"')["GoodName"] == name


@pytest.mark.parametrize(
    ("inner", "attributes", "available", "display"),
    [
        ("<quantity_in_stock>5</quantity_in_stock>", 'available="False "', "False ", None),
        ("<quantity_in_stock>5</quantity_in_stock>", 'available=""', "", None),
        ("<quantity_in_stock>5</quantity_in_stock>", "", None, None),
        ("<available>ні</available>", "", "ні", None),
        ("<available>ні</available>", 'available="так"', "так", None),
        ("<available>ні</available>", 'available=""', "ні", None),
        ('<available>true</available><param name="Display">0</param>', "", "true", "0"),
        ('<param name="available">ні</param><param name="WarehouseQuantity">1</param>', "", "ні", None),
    ],
)
def test_the_word_for_available_is_a_cell(
    tmp_path: Path, inner: str, attributes: str, available: str | None, display: str | None
) -> None:
    """As it is written, as an attribute or an element; nothing at all is not an empty word."""
    (found,) = goods(open_yml(write(tmp_path, yml([f'<offer id="1" {attributes}>{inner}</offer>']))))
    assert (found.get("available"), found.get("Display")) == (available, display)


def test_an_offer_without_the_word_is_one_without_it(tmp_path: Path) -> None:
    """Next to others that have it: where there are quantities they count, else it is not available."""
    for stock, available in (("<quantity_in_stock>5</quantity_in_stock>", None), ("", "")):
        offers = [f'<offer id="1" available="так">{stock}</offer>', f'<offer id="2">{stock}</offer>']
        _, second = goods(open_yml(write(tmp_path, yml(offers))))
        assert second.get("available") == available


def test_names_are_right_whatever_they_are_written_in(tmp_path: Path) -> None:
    """Both kinds of quotes, entities, and signs that end a tag elsewhere."""
    inner = (
        "<param unit='>' name='a&quot;b'>1</param><param name=\"c'd &gt; e\">2</param>"
        '<param name="f">3</param><param name="f">4</param><param name="">5</param>'
    )
    found = {"GoodID": "17", 'a"b': "1", "c'd > e": "2", "f": "3|4"}
    assert single(tmp_path, inner) == found | {'a"b@unit': ">"}


def test_a_name_that_comes_late_is_a_column_all_the_same(tmp_path: Path) -> None:
    """The last offer may be the only one with a characteristic; it is empty in all others."""
    offers = [offer(("GoodID",), (number,)) for number in range(50)]
    offers.append('<offer id="50"><param name="fason">x</param><available>true</available></offer>')
    file = open_yml(write(tmp_path, yml(offers)))
    assert file.columns == ("GoodID", "fason", "available", "Display")
    assert [cells["fason"] for cells in goods(file)] == [*[""] * 50, "x"]


def test_a_second_label_is_shown_as_an_own_column(tmp_path: Path) -> None:
    """However the names before it are spelt in later offers."""
    params = ("Тон", "тон", "Колір", "Цвет")
    offers = [f'<offer id="{n}"><param name="{name}">x</param></offer>' for n, name in enumerate(params, 1)]
    file = open_yml(write(tmp_path, yml(offers)))
    assert ("`Цвет` is your own", "another column is `Color` already") in {
        (guess.value, guess.because) for guess in file.guesses
    }


def test_the_merchants_names_are_mapped(tmp_path: Path) -> None:
    """A table in the settings and Torgsoft's labels name params as they name columns of a table."""
    inner = '<param name="Мій ключ">5</param><param name="Колiр">синій</param>'
    names = ReadSettings(names={"Мій ключ": "GoodID"})
    assert single(tmp_path, inner, given=names) == {"GoodID": "5", "Color": "синій"}


def test_texts_end_no_offer(tmp_path: Path) -> None:
    """CDATA and comments may hold what looks like the end or the beginning of an offer."""
    inner = (
        "<!-- </offer><offer id='2'> --><description><![CDATA[a</offer><offer>b]]></description>"
        "<name>т<!-- x -->о</name>"
    )
    found = single(tmp_path, inner, "id='17' title='a>b</offer>'".replace("</offer>", ""))
    assert (found["Description"], found["GoodName"]) == ("a</offer><offer>b", "то")


def test_comments_outside_are_stepped_over(tmp_path: Path) -> None:
    """An offer in a comment is none."""
    text = yml(["<!-- <offer id='1'/> -->", "<?x <offer> ?>", '<offer id="2"/>'])
    assert [cells["GoodID"] for cells in goods(open_yml(write(tmp_path, text)))] == ["2"]


def test_html_may_stand_in_a_text_as_elements(tmp_path: Path) -> None:
    """Its tags come with it."""
    assert single(tmp_path, "<description>a <b>c</b> d</description>")["Description"] == "a <b>c</b> d"


def test_control_characters_do_not_stop_the_reading(tmp_path: Path) -> None:
    """No XML carries them, but programs write them."""
    assert single(tmp_path, "<name>a\x0bb</name>")["GoodName"] == "ab"


def test_the_key_is_found_without_parsing_and_with(tmp_path: Path) -> None:
    """However an offer writes its key, it is the one in its cells."""
    offers = [
        "<offer id='a&amp;b'/>",
        '<offer id=" 5 "><name>x</name></offer>',
        '<offer id="5"><name><![CDATA[<param name="GoodID">9</param>]]></name></offer>',
    ]
    keyed = [
        '<offer id="1"><param name="GoodID"><![CDATA[7]]></param></offer>',
        '<offer id="1"><param name="GoodId">8</param></offer>',
        '<offer id="1"><param name="GoodID">8<![CDATA[9]]></param></offer>',
        '<offer id="1"><param name="GoodID">А-9</param></offer>',
        '<offer id="3"/>',
    ]
    for these, keys in ((offers, ["a&b", "5", "5"]), (keyed, ["7", "8", "89", "А-9", "3"])):
        file = open_yml(write(tmp_path, yml(these)))
        assert [file.good_id(record) for record in file.records()] == keys
        assert [cells["GoodID"].strip() for cells in goods(file)] == keys


def test_several_keys_in_one_offer(tmp_path: Path) -> None:
    """One key in several spellings is that key; different ones are none."""
    offers = [
        '<offer id="1"><param name="GoodID">7</param><param name="GoodID">7,00</param></offer>',
        '<offer id="1"><param name="GoodID">7</param><param name="goodid">="7"</param></offer>',
        '<offer id="1"><param name="GoodID"/><param name="GoodID">7</param></offer>',
        '<offer id="1"><param name="GoodID">7</param><param name="GoodID">70</param></offer>',
        '<offer id="1"><param name="GoodID">7</param><param name="GoodID"><![CDATA[70]]></param></offer>',
        '<offer id="1"><param name="goodid">70</param><param name="GoodID">7</param></offer>',
    ]
    file = open_yml(write(tmp_path, yml(offers)))
    assert [file.good_id(record).split(KEY_BREAK) for record in file.records()] == [
        *[["7"]] * 3,
        *[["7", "70"]] * 3,
    ]


def test_the_tree_is_in_the_context_and_the_date_is_not(tmp_path: Path) -> None:
    """A renamed category changes products; the moment of the export does not."""
    text = yml([offer(COLUMNS, ROWS[0])], categories=TREE)
    contexts = [
        open_yml(write(tmp_path, version)).context
        for version in (text, text.replace("2026-03-02", "2026-03-03"), text.replace("Сад", "Город"))
    ]
    assert contexts[0] == contexts[1] != contexts[2]


@pytest.mark.parametrize("number", ["7", "12", ""])
def test_odd_categories_do_no_harm(tmp_path: Path, number: str) -> None:
    """A category that is its own parent, one that is not there, none."""
    found = single(tmp_path, f"<categoryId>{number}</categoryId>")
    path = section_path(found.get("SynchronizationSectionFull", ""))
    assert [section.name for section in path] == (["Коло/2=а"] if number == "7" else [])


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ("</param></offer>\n<offer", "</param>\n<offer", 7, "begins here before"),
        ("</param></offer>\n</offers>", "</param>\n</offers>", 7, "has no end"),
        ('<offer id="18">', "</offer>", 7, "has not begun"),
        ("<name>Крамниця", "<!-- ", 3, "`-->` is missing"),
        ('<offer id="18">', '<offer id="18>', 7, "has no end"),
        ("</param></offer>\n</offers>", "<![CDATA[</param></offer>\n</offers>", 7, "`]]>` is missing"),
    ],
)
def test_a_damaged_file_is_refused_with_the_place(
    tmp_path: Path, old: str, new: str, line: int, what: str
) -> None:
    """An offer without an end, an end without an offer, a text that is never closed."""
    text = yml([offer(COLUMNS, row) for row in ROWS])
    assert old in text
    error = refusal(write(tmp_path, text.replace(old, new, 1)))
    assert [mistake.line for mistake in error.mistakes] == [line]
    assert what in error.mistakes[0].message


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    """No prefix of an export is one."""
    text = yml([offer(COLUMNS, row) for row in ROWS]).rstrip()
    for end in range(0, len(text), 7):
        refusal(write(tmp_path, text[:end]))


def test_an_offer_that_is_no_sound_xml_is_refused_with_its_line(tmp_path: Path) -> None:
    """An unknown entity, a tag that is not closed."""
    for broken in ("&nosuch;", "<b>", "&#0;"):
        text = yml([offer(COLUMNS, ROWS[0]), f'<offer id="5"><vendor>{broken}</vendor></offer>'])
        assert refusal(write(tmp_path, text)).mistakes[0].line == 7
    text = yml(['<offer id="5"><vendor>Кран & Ко</vendor></offer>'])
    assert "there is a bare `&` in it" in refusal(write(tmp_path, text)).mistakes[0].message


def test_offers_without_a_key_are_refused(tmp_path: Path) -> None:
    """All of them are listed, by line."""
    text = yml(["<offer><name>a</name></offer>", '<offer id="1"/>', '<offer id=" "/>'])
    assert [mistake.line for mistake in refusal(write(tmp_path, text)).mistakes] == [6, 8]


def test_a_file_without_offers_is_refused(tmp_path: Path) -> None:
    """It would empty the shop."""
    assert "there are no items in" in refusal(write(tmp_path, yml([]))).message


def test_a_file_that_changes_or_vanishes_is_refused(tmp_path: Path) -> None:
    """The accounting program began a new export meanwhile."""
    path = write(tmp_path, yml([offer(COLUMNS, ROWS[0])]))
    file = open_yml(path)
    os.utime(path, ns=(1, 1))
    with pytest.raises(ExportInvalid, match="changed while"):
        list(file.records())
    path.unlink()
    with pytest.raises(ExportInvalid, match="there is no file"):
        list(file.records())
    assert "there is no file" in refusal(path).message
    with pytest.raises(ExportInvalid):
        file.cells(ExportRecord(1, b"<offer"))


def test_an_offer_of_any_size_and_many_offers_are_read_by_blocks(tmp_path: Path) -> None:
    """Borders of blocks fall into marks, texts and tags, and nothing is lost; without end nothing is kept."""
    offers = [f'<offer id="{number}"><x>{"a" * (number % 97)}</x></offer>' for number in range(40_000)]
    text = yml(offers)
    assert len(text) > 3_000_000
    file = open_yml(write(tmp_path, text))
    assert [file.good_id(record) for record in file.records()] == [str(number) for number in range(40_000)]
    assert "cut off" in refusal(write(tmp_path, yml(["<offer id='1'>" + "a" * 7_000_000]))).message
    assert "cut off" in refusal(write(tmp_path, yml(["b" * 7_000_000, "<offer id='1'/>"]))).message


# Entities, mistakes of XML, other XML


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("Діод&nbsp;яскравий", "Діод\xa0яскравий"),
        ("&laquo;Капці&raquo; &mdash; 37&deg;", "«Капці» — 37°"),
        ("&amp;nbsp; &lt;p&gt; &quot;a&apos;", "&nbsp; <p> \"a'"),
        ("<![CDATA[a&nbsp;b &nosuch; & c]]>&copy;", "a&nbsp;b &nosuch; & c©"),
        ("&nvlt; &#39;&#x27;", "<\u20d2 ''"),
    ],
)
def test_entities_of_html_mean_their_letters(tmp_path: Path, written: str, text: str) -> None:
    """Outside CDATA, where nothing is an entity; those of XML stay what they are."""
    assert single(tmp_path, f"<vendor>{written}</vendor>")["PCName"] == text


def test_entities_of_html_are_read_in_keys_and_categories(tmp_path: Path) -> None:
    """The tree and the attributes are XML of the same program."""
    text = yml(["<offer id='5'><categoryId>1</categoryId></offer>"], categories={"1": ("", "Сад")})
    file = open_yml(write(tmp_path, text.replace("Сад", "Сад&nbsp;&mdash; дім")))
    assert goods(file)[0]["SynchronizationSection"] == "Сад — дім"
    offers = ["<offer id='a&eacute;'/>"]
    file = open_yml(write(tmp_path, yml(offers)))
    assert [file.good_id(record) for record in file.records()] == ["aé"] == [goods(file)[0]["GoodID"]]


BROKEN = [
    '<offer id="1"><name>Кран & Ко</name></offer>',
    '<offer id="2"><name>Капці</name></offer>',
    '<offer id="3"><name>a&nosuch;</name></offer>',
    '<offer id="4"><name>b</offer>',
    '<offer id="5"><name><![CDATA[a & b]]></name></offer>',
]


def test_every_offer_that_cannot_be_read_is_listed(tmp_path: Path) -> None:
    """Also one whose tags are those of the others; texts in CDATA may hold anything."""
    error = refusal(write(tmp_path, yml(BROKEN)))
    assert error.message.startswith("3 offers of")
    assert [str(mistake) for mistake in error.mistakes] == [
        "line 6  offer: there is a bare `&` in it, which XML writes as `&amp;`",
        "line 8  offer: neither XML nor HTML has the entity `&nosuch;`",
        "line 9  offer: `<name>` is not closed before `</offer>`",
    ]
    assert error.hint == CORRECTED
    error = refusal(write(tmp_path, yml(BROKEN[:1] * 12)))
    assert (len(error.mistakes), error.hint) == (10, AMPERSANDS)
    assert "12 offers of" in error.message
    assert [*error.lines()][-1] == "… and 2 more"


def test_mistakes_inside_and_outside_the_offers_are_listed_together(tmp_path: Path) -> None:
    """A bare `&` in a category has its own line, and nothing advises to wait."""
    text = yml(BROKEN[:1], categories={"1": ("", "Сад")}).replace("Сад", "Сад & дім")
    error = refusal(write(tmp_path, text))
    assert [mistake.line for mistake in error.mistakes] == [4, 6]
    assert "1 offer of" in error.message
    assert "and what is outside the offers" in error.message
    error = refusal(
        write(tmp_path, text.replace("Кран & Ко", "Кран").replace("<name>Кран", "\n\n<name>Кран"))
    )
    assert [mistake.line for mistake in error.mistakes] == [4]
    assert error.message.endswith("is a damaged YML file")
    late = (
        text.replace("Кран & Ко", "Кран").replace("Сад & дім", "Сад").replace("</shop>", "\n<x>&</x></shop>")
    )
    assert [mistake.line for mistake in refusal(write(tmp_path, late)).mistakes] == [8]


def test_an_offer_found_broken_when_it_is_read_brings_the_others(tmp_path: Path) -> None:
    """Where only parsing shows it, nothing was used before."""
    offers = ['<offer id="1"><name>a</name></offer>'] * 2 + ['<offer id="2"><name>a</offer>'] * 2
    assert [mistake.line for mistake in refusal(write(tmp_path, yml(offers))).mistakes] == [8, 9]


@pytest.mark.parametrize(
    ("text", "what"),
    [
        (
            "<rss version='2.0'><channel><item><g:id>1</g:id></item></channel></rss>",
            "a feed in RSS: XML with",
        ),
        ("<!-- a --><feed xmlns='x'><entry/></feed>", "a feed in Atom: XML with the root `feed`"),
        ("<shop><catalog/><items><item id='1'/></items></shop>", "Prom.ua's own Price format: XML with"),
        (
            "<?xml version='1.0'?><КоммерческаяИнформация><Каталог",
            "1C or BAS (CommerceML): XML with the root",
        ),
        (
            "<!DOCTYPE x [<!ENTITY a 'b'>]>\n<goods><good/></goods>",
            "another kind of XML, with the root `goods`",
        ),
        ("<goods><offer", "another kind of XML, with the root `goods`"),
        (f"<goods>{'<good/>' * 800_000}</goods>", "another kind of XML, with the root `goods`"),
        ('<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "a spreadsheet saved as XML"),
    ],
)
def test_xml_of_another_kind_is_named_by_its_root(tmp_path: Path, text: str, what: str) -> None:
    """Whole or cut, however big: it is not called cut off."""
    error = refusal(write(tmp_path, text))
    assert what in error.message
    assert "wait" not in str(error.hint)


def test_another_root_with_offers_is_read(tmp_path: Path) -> None:
    """What can be read without doubt is read."""
    file = open_yml(write(tmp_path, '<shop><offers><offer id="1"/></offers></shop>'))
    assert [file.good_id(record) for record in file.records()] == ["1"]


@pytest.mark.parametrize("declared", ["utf-16", "UTF-32LE", "us-ascii", "no-such-name"])
@pytest.mark.parametrize("written", ["utf-8", "cp1251"])
def test_a_declaration_that_cannot_be_true_is_not_believed(
    tmp_path: Path, declared: str, written: str
) -> None:
    """The letters decide, and the guess says that the declaration is wrong."""
    path = write(tmp_path, yml([offer(COLUMNS, ROWS[0])], encoding=declared), written)
    file = open_yml(path)
    assert (file.encoding, goods(file)[0]["GoodName"]) == (written, "Капці")
    assert file.guesses[0].because.endswith(f", although the file declares `{declared}`")


def test_another_declaration_is_believed_unless_the_letters_are_surely_utf8(tmp_path: Path) -> None:
    """A few letters prove nothing; where UTF-8 is declared and wrong, the hint says what it may be."""
    rows = [(number, "Рукавиці робочі", "5", "") for number in range(3)]
    path = write(tmp_path, yml([offer(COLUMNS, row) for row in rows], encoding="koi8-u"))
    assert open_yml(path).encoding == "utf-8"
    path = write(tmp_path, yml([offer(COLUMNS, rows[0])], encoding="koi8-u"), "koi8-u")
    assert "declares the encoding `koi8-u`, which is not read" in refusal(path).message
    error = refusal(write(tmp_path, yml([offer(COLUMNS, rows[0])]), "cp1251"))
    assert error.message.endswith("although the file declares `UTF-8`")
    assert 'encoding = "cp1251"' in str(error.hint)
    path.write_bytes(yml([offer(COLUMNS, row) for row in rows]).encode() + b"<!-- \xd0 -->\n")
    assert "although" not in refusal(path).message
