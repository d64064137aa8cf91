"""Reads YML import files as prom-api §7.2 describes them, in constant memory.

Texts are returned unchanged; `offers.py` interprets them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import IO

from lxml import etree

from torgsync.sandbox.shop.products import Attribute

ROOT = "yml_catalog"


class FeedInvalid(Exception):
    """The file is no YML; the message is the parser's."""


@dataclass(frozen=True, slots=True)
class FeedCategory:
    """One `<category>`: its id in the file, its parent's, the name, and Prom's category where given."""

    id: str
    parent_id: str | None
    name: str
    portal_id: str | None


@dataclass(frozen=True, slots=True)
class FeedOffer:
    """One `<offer>`.

    `marks` are its attributes (without `id`), `texts` its simple children by tag: a tag that is there but
    empty is "", one that is missing is not in the mapping. `prices` are the wholesale ladder as pairs of
    value and quantity.
    """

    id: str
    marks: Mapping[str, str]
    texts: Mapping[str, str]
    pictures: tuple[str, ...]
    prices: tuple[tuple[str, str], ...]
    params: tuple[Attribute, ...]


def check(feed: IO[bytes]) -> None:
    """Read the file to its end, and raise FeedInvalid if it is no YML or is cut off."""
    for _ in _elements(feed):
        pass


def read(feed: IO[bytes]) -> Iterator[FeedCategory | FeedOffer]:
    """Yield categories and offers in the order of the file; raise FeedInvalid where it stops being YML.

    An error may be noticed only at the end of the file: to import all or nothing, call `check` first.
    """
    for element in _elements(feed):
        yield _category(element) if element.tag == "category" else _offer(element)


def _elements(feed: IO[bytes]) -> Iterator[etree._Element]:
    """Yield the elements that matter; each is freed when the next one is asked for.

    Entities stay unresolved and nothing is fetched, as the file is not trusted.
    """
    parser = etree.iterparse(
        feed, events=("end",), tag=("category", "offer"), resolve_entities=False, no_network=True
    )
    try:
        for _, element in parser:
            yield element
            # Those before it are freed, too: iterparse would keep them to the end.
            element.clear()
            parent = element.getparent()
            while parent is not None and element.getprevious() is not None:
                del parent[0]
    except etree.XMLSyntaxError as error:
        raise FeedInvalid(str(error)) from error
    if parser.root is None or parser.root.tag != ROOT:
        raise FeedInvalid(f"the root element is not <{ROOT}>")


def _category(element: etree._Element) -> FeedCategory:
    return FeedCategory(
        id=element.get("id", "").strip(),
        parent_id=element.get("parentId"),
        name=_text(element),
        portal_id=element.get("portal_id"),
    )


def _offer(element: etree._Element) -> FeedOffer:
    texts: dict[str, str] = {}
    pictures: list[str] = []
    prices: list[tuple[str, str]] = []
    params: list[Attribute] = []
    for child in element.iterchildren("*"):
        tag = str(child.tag)
        if tag == "picture":
            pictures.append(_text(child))
        elif tag == "prices":
            prices += [
                (_text(price.find("value")), _text(price.find("quantity")))
                for price in child.iterchildren("price")
            ]
        elif tag == "param":
            name, unit = (child.get(mark, "").strip() for mark in ("name", "unit"))
            params.append(Attribute(name, unit, _text(child)))
        else:
            texts[tag] = _text(child)
    marks = {str(name): str(value) for name, value in element.attrib.items()}
    return FeedOffer(
        id=marks.pop("id", "").strip(),
        marks=marks,
        texts=texts,
        pictures=tuple(filter(None, pictures)),
        prices=tuple(prices),
        params=tuple(params),
    )


def _text(element: etree._Element | None) -> str:
    return "" if element is None else (element.text or "").strip()
