"""Replacing texts: the same text by the same one, of the same shape."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from torgsync.core.recording.words import Replacer

SECRET = "invented-9c41f7-token"


@pytest.fixture
def words() -> Replacer:
    replacer = Replacer(b"key")
    replacer.add_secret(SECRET)
    replacer.add_secret("full")  # too short to be looked for
    return replacer


@given(st.text(max_size=40))
def test_every_letter_and_digit_is_of_its_kind(text: str) -> None:
    """Length, blanks and signs stay; letters are letters of the same case, digits digits."""
    if "&" in text:
        return
    replaced = Replacer(b"key").text(text)
    assert len(replaced) == len(text)
    for old, new in zip(text, replaced, strict=True):
        assert (old.isdecimal(), old.isalpha()) == (new.isdecimal(), new.isalpha()) or not old.isascii()
        assert old == new or old.isalnum()
        assert not (old.isascii() and old.isalpha()) or old.isupper() == new.isupper()


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("Іван Тестовий", "[ІЇЄ][а-я]{2}[а-я] [А-Я][а-яії]{7}"),
        ("Ёлка и ыыы", "[ЫЭЁ]...? . [ыэё]{3}"),
        ("0501234567", r"0\d{9}"),
        ("+38 (050) 123-45-67", r"\+38 \(0\d\d\) \d{3}-\d\d-\d\d"),
        ("123450501234567", r"\d{15}"),
        ("00000000-0000-4000-8000-0123456789ab", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        ("7B422FBE-E1B8-11E3-8C4A-0050568002CF", "[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}"),
        ("PRM-12345678", r"PRM-[1-9]\d{7}"),
        ("წერილი łódź", ".{6} .{4}"),
        ("٠٥٠١٢٣٤٥٦٧", "[٠-٩]{10}"),
        ("²", "."),
        ("Ї&nbsp;&amp;&#1030;", "[ІЇЄ]\u00a0&amp;[ІЇЄ]"),
    ],
)
def test_shapes(words: Replacer, text: str, shape: str) -> None:
    """Alphabets, languages, phones and ids keep what they look like."""
    replaced = words.text(text)
    assert re.fullmatch(shape, replaced), replaced
    assert replaced != text or text == "²"
    assert words.text(text) == replaced


def test_one_thing_in_several_spellings(words: Replacer) -> None:
    """Case and the spelling of a phone change nothing of what replaces it."""
    assert words.text("ІВАН").lower() == words.text("іван") == words.text("Іван").lower()
    own = {re.sub(r"\D", "", words.text(phone))[-9:] for phone in ("0501234567", "+380 50 123 45 67")}
    assert len(own) == 1


def test_sentences_of_prom(words: Replacer) -> None:
    """Words of the field and short numbers stay, tokens and everything else go."""
    said = words.phrase(f"Поле name: не більше 110, замовлення Іванова 300000001, {SECRET}")
    assert said.startswith("Поле name: не ")
    assert "110, замовлення " in said
    assert said.endswith(f", {words.text(SECRET)}")
    assert "Іванова" not in said
    for spelled in ("067/123/45/98", "0 6 7 1 2", "A1B2", "12-34"):
        assert words.phrase(spelled) != spelled
        assert not re.search(re.sub(r"\D+", ".*", spelled), words.phrase(spelled))
    assert "300000001" not in said


def test_identifiers(words: Replacer) -> None:
    """Digits stay and letters go; phones, addresses and tokens go whole, and two ids stay two."""
    assert words.identifier("26925") == "26925"
    assert re.fullmatch(r"[A-Z]{2}-7775", words.identifier("AA-7775"))
    assert words.identifier("AA-7775") != "AA-7775"
    assert len({words.identifier(f"{one}{two}") for one in "bcdfgh" for two in "bcdfgh"}) > 30
    for private in ("0501234567", "380501234567", "a1@b.example", SECRET):
        assert words.identifier(private) == words.text(private)
    assert {words.identifier(letter) for letter in "bcdfghjklmnp"} <= set("jqvwxz")  # there are no more
    assert words.identifier("0123456789abcdef01234567") != "0123456789abcdef01234567"


def test_numbers(words: Replacer) -> None:
    """Signs and lengths stay; people's numbers keep their order."""
    assert (len(str(words.number(671234598))), words.number(-17) < 0) == (9, True)
    assert re.fullmatch(r"\d\d\.\d{6}", f"{words.fraction(49.839683):.6f}")
    moved = [words.person_id(number) for number in (0, 100000001, 100000002)]
    assert moved == sorted(moved)
    assert (moved[0], moved[2] - moved[1]) == (0, 1)


@pytest.mark.parametrize(
    ("address", "shape"),
    [
        (
            "https://images.prom.ua/11_w200_h200_slug.jpg",
            r"https://images\.prom\.ua/11_w200_h200_[a-z]{4}\.jpg",
        ),
        ("https://prom.ua/p1600000001-slug.html", r"https://prom\.ua/p1600000001-[a-z]{4}\.html"),
        (
            "https://prom.ua/p0501234567-slug.html",
            r"https://prom\.ua/[a-z]0(?!501234567)\d{9}-[a-z]{4}\.html",
        ),
        ("http://127.0.0.1:8765/api/v1", r"http://127\.0\.0\.1:8765/api/v1"),
        ("https://olena.example/1600000001?q=%D0%86&x#y", r"https://[^o][a-z]{4}\.[a-z]{7}/\d{10}\?.+#."),
        ("https://[olena/", r"[a-z]{5}://\[[a-z]{5}/"),
        ("https://olena:pass@prom.ua/", r"https://prom\.ua/"),
        (f"https://prom.ua/{SECRET}", ".*"),
    ],
)
def test_web_addresses(words: Replacer, address: str, shape: str) -> None:
    """The marketplace's hosts, sizes and numbers stay, everybody else's go."""
    replaced = words.address(address)
    assert re.fullmatch(shape, replaced), replaced
    assert "olena" not in replaced
    assert SECRET not in replaced


def test_markup(words: Replacer) -> None:
    """Tags of HTML stay with the names of their attributes; other things in brackets are texts."""
    text = '<p class="olena" data-olena="olena">olena<br/><olena@a.example></p><!-- olena --><!DOCTYPE html>'
    replaced = words.markup(text)
    assert "olena" not in replaced
    assert re.match(r'<p class="[a-z]{5}">[a-z]{5}<br/><[a-z]{5}@[a-z]\.[a-z]{7}></p><!-- ', replaced)
    assert replaced.endswith("<!DOCTYPE>")
    assert words.page("<h1>Not Found olena</h1>").startswith("<h1>Not Found ")


def test_words_that_are_forgotten(words: Replacer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The memory of replaced words is bounded, and what replaces them is the same afterwards."""
    monkeypatch.setattr("torgsync.core.recording.words.MOST_WORDS", 1)
    assert words.text("один два три один") == Replacer(b"key").text("один два три один")
