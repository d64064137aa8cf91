"""Texts as Prom takes them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.product.texts import canonical_html


@pytest.mark.parametrize(
    ("cell", "html"),
    [
        ("", ""),
        ("Теплі & м'які <3", "<p>Теплі &amp; м'які &lt;3</p>"),
        ("Перший\r\n\r\n Другий ", "<p>Перший</p><p>Другий</p>"),
        ("<p>а</p>\n  <p>б</p>", "<p>а</p><p>б</p>"),
        ("<b>Нова</b>\n <i>модель</i>", "<b>Нова</b> <i>модель</i>"),
        ('<ul class="a">\n<li>а</li> </ul> <span>б</span>', '<ul class="a"><li>а</li></ul><span>б</span>'),
        ("<b>а</b> <BR/> <b>б</b>", "<b>а</b><BR/><b>б</b>"),
        ("<a>а</a> <body>б</body>", "<a>а</a> <body>б</body>"),
    ],
)
def test_a_description_is_canonical_html(cell: str, html: str) -> None:
    """Plain text becomes paragraphs; blanks stay only where they part two words."""
    assert canonical_html(cell) == html


@given(st.text() | st.text(alphabet="<>/bp \n&;a"))
def test_canonical_html_is_its_own_normal_form(text: str) -> None:
    """Making it canonical twice changes nothing more, so it can be compared."""
    assert canonical_html(canonical_html(text)) == canonical_html(text)
