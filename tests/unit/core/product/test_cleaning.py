"""Texts without what another program wrote into them."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.product.cells import PLACEHOLDERS, letters_lost, line_of_text, number
from torgsync.core.product.cleaning import (
    Cleaning,
    cleaned,
    cleaned_html,
    cleaned_lines,
    column_name,
    short_text,
    spreadsheet_text,
    undo_entities,
    without_quotes,
)


@pytest.mark.parametrize(
    ("cell", "text", "marks"),
    [
        ("Капці &quot;Дім&quot; &amp; Ко", 'Капці "Дім" & Ко', "entities"),
        ("Капці &#39;Літо&#x27; 38", "Капці 'Літо' 38", "entities"),
        ("&amp;amp;amp;quot;Дім&quot;", '"Дім"', "entities"),
        ("1&nbsp;шт", "1\u00a0шт", "entities"),
        ("a&#0;b&#xFFFFFF;c", "abc", "entities"),
        ('Горщик \\"Ромашка\\" 200', 'Горщик "Ромашка" 200', "backslashes"),
        ("Кам\\'янець", "Кам'янець", "backslashes"),
        ('="0530"', "0530", "spreadsheet"),
        (' ="Екран 5"" TFT" ', 'Екран 5" TFT', "spreadsheet"),
        ('=""', "", "spreadsheet"),
        ("=&quot;0530&quot;", "0530", "entities spreadsheet"),
        ("'0530", "0530", "spreadsheet"),
        ("'Кам'янець", "Кам'янець", "spreadsheet"),
        ("''37", "37", "spreadsheet"),
        ("'37,5'", "37,5", "spreadsheet"),
        ("Капці <b>теплі</b><br>37", "Капці теплі 37", "tags"),
        ("&lt;p&gt;Капці&lt;/p&gt;37", "Капці 37", "entities tags"),
        ('H<sub class="a">2</sub>O<!-- а -->', "H2O", "tags"),
        ("<style>b {}</style><![CDATA[Капці]]>", "Капці", "tags"),
        ("<b<b>>Капці", "Капці", "tags"),
        ("Капці\u200b сині\u00ad \u200e37\ufeff", "Капці сині 37", "invisible"),
        ("Капці\u2028сині\x8537", "Капці сині 37", ""),
        ("a\x0bb\r\nc", "ab c", "control"),
        ("NULL", "", "empty"),
        (" nan ", "", "empty"),
        ("(None)", "", "empty"),
        ("&lt;null&gt;", "", "entities empty"),
        (".", "", "empty"),
        (" — ", "", "empty"),
        ("...", "", "empty"),
        ("?", "", "empty"),
        ("НЕТ ИНФОРМАЦИИ", "", ""),
        ("", "", ""),
    ],
)
def test_marks_of_another_program_are_removed(cell: str, text: str, marks: str) -> None:
    """Each of them in any text, with what was done."""
    assert cleaned(cell, PLACEHOLDERS) == (text, tuple(map(Cleaning, marks.split())))


@pytest.mark.parametrize(
    "text",
    [
        *("Кам'янець-Подільський", "'Літо' капці", "Капці 'Літо' 38", "Кабель 5\\", "C:\\Верба", '"Кобзар"'),
        *("R&D", "H&M; Zara", "a&copy=1", "&верба;", "&quot", "5 < 6 > 4", "<3", "<20 мм>", "<Верба>", "<S>"),
        *("КАПЦІ!!! -50% ☎ 050 000 00 00 ❤", "+", "-5", "%", "№", "37", "Nullo", "nano", "??", "5'", '5"'),
        *("2=1,000|8=1,000", "=5", '="5', "Y=1", "❤\ufe0f"[:1]),
    ],
)
def test_a_text_without_marks_is_never_changed(text: str) -> None:
    """Also where it holds the signs of which marks consist."""
    assert cleaned(text, PLACEHOLDERS) == (text, ())
    assert cleaned_html(text) == (text, ())
    assert column_name(text) in (text, text.strip('"'))


ESCAPES = {
    "entities": html.escape,
    "twice": lambda text: html.escape(html.escape(text)),
    "numbers": lambda text: "".join(f"&#{ord(sign)};" for sign in text),
    "formula": lambda text: '="' + text.replace('"', '""') + '"',
    "backslashes": lambda text: text.replace('"', '\\"'),
    "apostrophe": lambda text: f"'{text}" if "'" not in text else text,
    "tags": lambda text: f"<p><b>{text}</b></p>",
    "invisible": "\u200b".join,
    "bom": "\ufeff{}\u00ad".format,
}
TEXTS = st.text('абвї"&<>5,.-/+ Wq;#', max_size=20).map(short_text)


@given(TEXTS, st.lists(st.sampled_from(sorted(ESCAPES)), min_size=1, max_size=3))
def test_an_escaped_text_is_read_back(text: str, ways: list[str]) -> None:
    """Whatever programs wrote it one after another."""
    written = text
    for way in ways:
        written = ESCAPES[way](written)
    assert short_text(written) == text


@given(TEXTS)
def test_the_quotes_of_a_csv_are_read_back(text: str) -> None:
    """Plain, or written as entities once or twice."""
    quoted = '"' + text.replace('"', '""') + '"'
    for written in (quoted, html.escape(quoted), html.escape(html.escape(quoted)), f" {quoted}\n"):
        assert without_quotes(written) == text


@given(st.text() | st.text(alphabet="<>/b&;amp'\"\\= \n"))
def test_a_cleaned_text_is_clean(text: str) -> None:
    """Cleaning it twice changes nothing more, so that it can be compared."""
    assert short_text(short_text(text)) == short_text(text)
    assert line_of_text(short_text(text), frozenset()) == short_text(text)


@pytest.mark.parametrize(
    ("cell", "text", "marks"),
    [
        ("&lt;p&gt;5 &amp;lt; 6&lt;/p&gt;", "<p>5 &lt; 6</p>", "entities"),
        ("&amp;lt;p&amp;gt;Теплі&amp;lt;/p&amp;gt;", "<p>Теплі</p>", "entities"),
        ("<p>5 &lt; 6 &amp; 7</p>", "<p>5 &lt; 6 &amp; 7</p>", ""),
        ("5 &lt; 6 &amp;amp; 7", "5 < 6 & 7", "entities"),
        ('<p class=\\"a\\">Теплі</p>', '<p class="a">Теплі</p>', "backslashes"),
        ("'Теплі", "Теплі", "spreadsheet"),
        ("<p>а\x0b</p>\r\n", "<p>а</p>\n", "control"),
        ("<p>а\u00adб</p>", "<p>а\u00adб</p>", ""),
        ('<img src="a.jpg">', '<img src="a.jpg">', ""),
        ("null", "", "empty"),
        ("нет информации", "", ""),
    ],
)
def test_a_long_text_keeps_its_tags(cell: str, text: str, marks: str) -> None:
    """Entities are undone as far as it takes to be HTML, and no further; in plain text all of them are."""
    assert cleaned_html(cell, PLACEHOLDERS) == (text, tuple(map(Cleaning, marks.split())))


def test_a_text_without_end_of_marks_is_left() -> None:
    """Nothing goes on forever: what is still escaped after many rounds stays."""
    endless = f"&{'amp;' * 50}quot;Капці"
    assert cleaned(endless)[0].startswith("&amp;amp;")
    assert cleaned_html(endless)[0] == '"Капці'
    assert without_quotes(endless) == endless


def test_lines_stay_lines() -> None:
    """Where line ends separate phrases; a tag that breaks a line is one too."""
    assert cleaned_lines("капці\r\nсині<br>теплі") == ("капці\nсині\nтеплі", (Cleaning.TAGS,))
    assert cleaned_lines("капці; сині") == ("капці; сині", ())


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ('\ufeff"GoodID"', "GoodID"),
        ('="GoodID"', "GoodID"),
        ("'GoodID ", "GoodID"),
        ("Good\u200bID", "GoodID"),
        ('ï»¿"GoodID"', "GoodID"),
        ("п»їGoodID", "GoodID"),
        ("Опис &amp; <b>склад</b>", "Опис & склад"),
        ("Опис (сайт)", "Опис (сайт)"),
        ("п'ята", "п'ята"),
        ('"', '"'),
        ("-", "-"),
        ("null", "null"),
    ],
)
def test_marks_are_no_part_of_a_columns_name(name: str, column: str) -> None:
    """Quotation marks around all of it neither; a word for nothing is a name."""
    assert column_name(name) == column


@pytest.mark.parametrize(
    ("cell", "text"),
    [('="701"', "701"), ("'701", "701"), (' ="701" ', "701"), ("701 ", "701 "), ("'а' б", "'а' б"), ("", "")],
)
def test_a_spreadsheets_text_mark_is_no_part_of_a_cell(cell: str, text: str) -> None:
    """A cell without one stays as it is, blanks included."""
    assert spreadsheet_text(cell) == text


def test_a_word_that_is_no_entity_stays() -> None:
    """Entities end in a semicolon and have a name that HTML knows."""
    assert undo_entities("&верба; &amp; &copy=1 &nosuch; &amp;copy=1") == "&верба; & &copy=1 &nosuch; &copy=1"


@pytest.mark.parametrize("cell", ['="450"', "'450", "450\u200e", "<b>450</b>", "&#52;50", "450&nbsp;"])
def test_a_number_is_read_without_marks(cell: str) -> None:
    """What can be read without doubt is read."""
    assert number(cell) == 450


@pytest.mark.parametrize("cell", ['=""', "null", "-", "'"])
def test_a_mark_without_a_number_is_no_empty_cell(cell: str) -> None:
    """It would count as nothing in stock."""
    with pytest.raises(ValueError, match=r".*"):
        number(cell)


@pytest.mark.parametrize(("text", "lost"), [("об?єм", True), ("Чому?", False), ("верба", False)])
def test_a_lost_letter_is_noticed(text: str, lost: bool) -> None:
    """A question mark at the end of a word is one."""
    assert letters_lost(text) is lost
