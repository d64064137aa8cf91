"""Replaces texts by invented ones of the same shape: the same text by the same one, for a key that is random.

Every letter and every digit is replaced, so that no spelling of a text is left: letters by letters of the
same alphabet, those of one language by such, digits by digits; case, blanks and signs stay. The letters that
are written are rare ones, so that a recording holds no real word by chance.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import sys
import unicodedata
from collections.abc import Callable
from functools import partial
from html import escape, unescape
from urllib.parse import quote, unquote, urlsplit

from torgsync.core.recording.phrases import KNOWN_WORDS

SHORTEST_SECRET = 6
"""Letters of a token that is looked for inside other texts; a shorter one is part of ordinary words."""
KNOWN_DIGITS = 3
"""Digits of a number that stays in Prom's own sentences, such as the longest name."""
NEAR = 4
"""Signs around a number in which another digit makes both parts of one."""
AROUND = 40
"""Signs around a number in which the words next to it are looked for."""
MOST_WORDS = 100_000
"""Words whose replacement is kept in memory."""
PARCEL_PREFIX = "PRM"
"""Begins the parcel numbers that Prom issues itself (prom-api §5.5)."""
PHONE_DIGITS = 9
"""Digits of a phone in its country: they are the same in every spelling of it."""
TRIES = 32
"""Replacements of an identifier that are tried until one is free."""

_ALPHABETS = (
    ("іїє", "іїє"),
    ("ыэё", "ыэё"),
    ("ъ", "ъ"),
    ("ь", "ь"),
    ("аеиоуюя", "юяе"),
    ("бвгґджзйклмнпрстфхцчшщ", "жфхцшщ"),
    ("aeiouy", "uy"),
    ("bcdfghjklmnpqrstvwxz", "jqvwxz"),
)
"""Letters, and those that replace them: vowels are vowels, and letters of one language stay such."""
_LETTERS = {letter: out for letters, out in _ALPHABETS for letter in letters}
_HEX = "0123456789abcdef"
_PIECE = re.compile(
    r"(?P<hex>(?<![0-9A-Za-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?=[0-9a-f]*\d)(?=[0-9a-f]*[a-f])[0-9a-f]{16,}"
    r"|[0-9A-F]{8}(?:-[0-9A-F]{4}){3}-[0-9A-F]{12})(?![0-9A-Za-z]))"
    r"|(?P<phone>(?<!\d)\d(?:[\s().\-\u2010-\u2015]{0,3}\d){8,13}(?!\d))"
    r"|(?P<digits>\d+)"
    r"|(?P<word>[^\W\d_]+)"
)
_WORD_BEFORE = re.compile(r"([^\W\d_]+)[\W_]*$")
_WORD_AFTER = re.compile(r"[\W_]*([^\W\d_]+)")
_PHONE_IN_ID = re.compile(r"(?<!\d)(?:0\d{9}|380\d{9}|80\d{9})(?!\d)|\+\d{10,}")
_COUNTRY = frozenset({"", "0", "8", "80", "38", "380", "00380", "7", "373", "375"})
_ENTITY = re.compile(r"&(?:#\d+|#[xX][0-9a-fA-F]+|[A-Za-z]\w*);")
_TAG = re.compile(r"(<[!?/]?[a-zA-Z][^<>]{0,20000}>)")
_TAG_NAME = re.compile(r"<[!?/]?([a-zA-Z][\w:-]*)")
_ATTRIBUTE = re.compile(r"""(?<![\w:-])([a-zA-Z][\w:-]{0,20})\s{0,5}=\s*("[^"]*"|'[^']*'|[^\s"'>]+)""")
_TAGS = frozenset(
    """a abbr address article aside b blockquote body br button center code col colgroup dd div dl doctype dt
    em figure font footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input label legend li link
    main meta nav noscript object ol option p pre s script section select small span strong style sub sup svg
    table tbody td textarea tfoot th thead title tr u ul video""".split()
)
_ATTRIBUTES = frozenset(
    """align alt border charset class color colspan content face height href id lang name rel rowspan size src
    style target title type width""".split()
)
_IN_ADDRESS = re.compile(r"[^\W_]+")
_ADDRESS_WORDS = frozenset(
    """api v1 ua ru uk cms product edit product_opinions opinions create products orders list
    html htm jpg jpeg png webp gif xml yml""".split()
)
_SIZE = re.compile(r"[wh]\d{1,4}")
_OWN_NUMBER = re.compile(r"p?\d{1,10}")
_OWN_DOMAINS = frozenset(
    f"{below}{domain}"
    for below in ("", "my.", "www.", "images.")
    for domain in ("prom.ua", "prom.st", "satu.kz", "deal.by", "prom.md", "tiu.ru", "bigl.ua", "prom.example")
) | {"127.0.0.1", "localhost", "::1"}


class Replacer:
    """Replaces texts; `key` must be random and is never written. `secrets` are tokens, replaced always."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self.secrets: set[str] = set()
        self._words: dict[str, str] = {}
        self._taken: dict[str, str] = {}
        self._shift = 1_000_000 + int.from_bytes(self._bytes("shift", "", 4)) % 8_000_000

    def add_secret(self, secret: str) -> None:
        """Have a token replaced wherever it occurs, also in what is kept as it is."""
        if len(secret) >= SHORTEST_SECRET:
            self.secrets.add(secret)

    def holds_secret(self, text: str) -> bool:
        """Return whether a token is part of a text."""
        return any(secret in text for secret in self.secrets)

    def text(self, text: str) -> str:
        """Return a text with every letter and digit replaced; entities of HTML are read first."""
        if "&" in text and _ENTITY.search(text):
            return escape(self.text(unescape(text)), quote=False)
        return _PIECE.sub(lambda piece: self._piece(piece, _never, 0), text)

    def phrase(self, text: str) -> str:
        """Return a sentence of Prom's own: words of its field and short numbers stay, all others go."""
        if self.holds_secret(text):
            secrets = "|".join(map(re.escape, sorted(self.secrets, key=len, reverse=True)))
            parts = re.split(f"({secrets})", text)
            return "".join(map(self._sentence_or_secret, parts))
        return _PIECE.sub(lambda piece: self._piece(piece, _is_known, KNOWN_DIGITS), text)

    def identifier(self, text: str) -> str:
        """Return an id: its digits stay, so that other calls name the same thing, its letters go.

        Two ids get two replacements. What looks like a phone is replaced.
        """
        if self.holds_secret(text) or "@" in text or _PHONE_IN_ID.search(text):
            return self.text(text)
        for attempt in range(TRIES):
            replaced = _PIECE.sub(partial(self._of_identifier, attempt), text)
            if self._taken.setdefault(replaced, text) == text:
                break
        return replaced

    def person_id(self, number: int) -> int:
        """Return the number of a person moved by a distance that is the same for all: the order stays."""
        return number + self._shift if number > 0 else number

    def number(self, number: int) -> int:
        """Return a whole number with other digits."""
        replaced = self._digits(str(abs(number)))
        return int(replaced) if number >= 0 else -int(replaced)

    def fraction(self, number: float) -> float:
        """Return a fraction with other digits."""
        largest = sys.float_info.max
        return min(max(float(self.text(f"{number:f}")), -largest), largest)

    def markup(self, text: str) -> str:
        """Return a text with tags, such as a description or a page: names of tags stay, all else goes."""
        return self._markup(text, self.text)

    def page(self, text: str) -> str:
        """Return a web page of the server's; the words of its field stay."""
        return self._markup(text, self.phrase)

    def address(self, address: str) -> str:
        """Return a web address: the marketplace's hosts, sizes and numbers of its pages stay."""
        if self.holds_secret(address):
            return self.text(address)
        try:
            parts = urlsplit(address)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            return self.text(address)
        own = host in _OWN_DOMAINS
        shown = host if own else self.text(host)
        path = "/".join(self._segment(segment, own=own) for segment in parts.path.split("/"))
        rest = "".join(
            f"{sign}{quote(self.text(unquote(part)), safe='=&')}"
            for sign, part in (("?", parts.query), ("#", parts.fragment))
            if part
        )
        return f"{parts.scheme}://{shown}{f':{port}' if port else ''}{path}{rest}"

    def _sentence_or_secret(self, part: str) -> str:
        return self.text(part) if part in self.secrets else self.phrase(part)

    def _segment(self, segment: str, *, own: bool) -> str:
        plain = unquote(segment)

        def word(match: re.Match[str]) -> str:
            piece = match[0]
            known = piece in _ADDRESS_WORDS or _SIZE.fullmatch(piece)
            number = own and _OWN_NUMBER.fullmatch(piece) and not _PHONE_IN_ID.search(piece)
            return piece if known or number else self.text(piece)

        return quote(_IN_ADDRESS.sub(word, plain), safe="._-~,;:@!$'()*+=")

    def _markup(self, text: str, words: Callable[[str], str]) -> str:
        return "".join(
            self._tag(part) if number % 2 else words(part) for number, part in enumerate(_TAG.split(text))
        )

    def _tag(self, tag: str) -> str:
        """Return a tag with its name, if it is one of HTML's shape, and its attributes' values replaced."""
        name = _TAG_NAME.match(tag)
        if name is None or name[1].lower() not in _TAGS:
            return self.text(tag)
        attributes = "".join(
            f' {attribute}="{escape(self.text(unescape(value.strip(chr(34) + chr(39)))))}"'
            for attribute, value in _ATTRIBUTE.findall(tag[name.end() :])
            if attribute.lower() in _ATTRIBUTES
        )
        end = "/>" if tag.endswith("/>") else ">"
        return f"{name[0]}{attributes}{end}"

    def _of_identifier(self, attempt: int, piece: re.Match[str]) -> str:
        if piece.lastgroup == "word":
            return self._word(piece[0], attempt)
        return self._hex(piece[0]) if piece.lastgroup == "hex" else piece[0]

    def _piece(self, piece: re.Match[str], stays: Callable[[str], bool], digits: int) -> str:
        found = piece[0]
        match piece.lastgroup:
            case "hex":
                return self._hex(found)
            case "phone":
                return self._phone(found)
            case "digits":
                return found if len(found) <= digits and _stands_alone(piece) else self._digits(found)
        return found if found == PARCEL_PREFIX or stays(found) else self._known_word(found)

    def _known_word(self, word: str) -> str:
        """Return what replaces a word; a catalog repeats its own."""
        replaced = self._words.get(word)
        if replaced is None:
            if len(self._words) > MOST_WORDS:
                self._words.clear()
            replaced = self._words[word] = self._word(word)
        return replaced

    def _word(self, word: str, attempt: int = 0) -> str:
        canonical = unicodedata.normalize("NFC", word).casefold()
        noise = self._bytes(f"word {attempt}", canonical, len(word))
        replaced = "".join(_letter(letter, number) for letter, number in zip(word, noise, strict=True))
        return replaced if replaced != word or attempt > TRIES else self._word(word, attempt + TRIES + 1)

    def _hex(self, text: str) -> str:
        noise = self._bytes("hex", text.lower(), len(text))
        letters = _HEX if text == text.lower() else _HEX.upper()
        return "".join(
            sign if sign == "-" else letters[number % 16] for sign, number in zip(text, noise, strict=True)
        )

    def _phone(self, text: str) -> str:
        """Return another number in the same spelling; the code of the country stays."""
        digits = "".join(str(unicodedata.decimal(sign)) for sign in text if sign.isdecimal())
        country, own = digits[:-PHONE_DIGITS], digits[-PHONE_DIGITS:]
        replaced = (country if country in _COUNTRY else self._digits(country)) + self._digits(own)
        fresh = iter(replaced)
        return "".join(_digit(sign, int(next(fresh))) if sign.isdecimal() else sign for sign in text)

    def _digits(self, digits: str) -> str:
        """Return as many digits; a first zero stays zero, any other first digit stays none."""
        plain = "".join(str(unicodedata.decimal(sign)) for sign in digits)
        noise = self._bytes("digits", plain, len(digits))
        out = []
        for place, (sign, number) in enumerate(zip(digits, noise, strict=True)):
            first = place == 0 and len(digits) > 1
            value = (0 if plain[0] == "0" else 1 + number % 9) if first else number % 10
            out.append(_digit(sign, value))
        return "".join(out)

    def _bytes(self, kind: str, text: str, length: int) -> bytes:
        """Return bytes that depend on the key, the kind and the text alone."""
        seed = hmac.new(self._key, f"{kind}\0{text}".encode("utf-8", "surrogatepass"), "sha256").digest()
        return hashlib.shake_256(seed).digest(length)


def _stands_alone(piece: re.Match[str]) -> bool:
    """Return whether a number is no part of a longer one in an unusual spelling, nor of a code."""
    before, after = piece.string[: piece.start()][-NEAR:], piece.string[piece.end() :][:NEAR]
    joined = before[-1:].isalnum() or after[:1].isalnum()
    return not joined and not any(map(str.isdigit, before + after)) and _is_among_known(piece)


def _is_among_known(piece: re.Match[str]) -> bool:
    """Return whether the words on both sides of a number are known, so that it is no part of an address."""
    neighbours = (
        _WORD_BEFORE.search(piece.string[max(piece.start() - AROUND, 0) : piece.start()]),
        _WORD_AFTER.match(piece.string[piece.end() : piece.end() + AROUND]),
    )
    words = [word[1] for word in neighbours if word]
    return bool(words) and all(map(_is_known, words))


def _never(_word: str) -> bool:
    return False


def _is_known(word: str) -> bool:
    return word.casefold() in KNOWN_WORDS


def _digit(sign: str, value: int) -> str:
    """Return a digit of the same script."""
    return chr(ord(sign) - unicodedata.decimal(sign) + value)


def _letter(letter: str, number: int) -> str:
    """Return a letter that replaces one; letters of other alphabets become neighbours of theirs."""
    lower = letter.lower()
    letters: str | list[str] | None = _LETTERS.get(lower)
    if letters is None:
        block = ord(letter) & ~0xF
        near = [chr(block + place) for place in range(16)]
        letters = [
            sign for sign in near if sign.isalpha() and sign != letter and sign.isupper() == letter.isupper()
        ]
        return letters[number % len(letters)] if letters else "x"
    replaced = letters[number % len(letters)]
    return replaced.upper() if letter.isupper() else replaced
