"""Visits to the sandbox's pages, as a person sees them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import httpx
from lxml import html
from shops import offer, visitor_of

from torgsync.sandbox.shop.shop import Shop

AWKWARD = '[red]<b>Шуруп</b> :wrench: "5\'" & <script>alert(1)</script>{{ 7 * 7 }}'


@dataclass(frozen=True)
class Seen:
    """A page as a person sees it."""

    response: httpx.Response

    @property
    def tree(self) -> html.HtmlElement:
        return html.document_fromstring(self.response.content)

    def texts(self, css: str) -> list[str]:
        """Return the texts of all elements of this class or name, spaces put in order."""
        return [" ".join(" ".join(map(str, found.itertext())).split()) for found in self.elements(css)]

    def text(self, css: str) -> str:
        (text,) = self.texts(css)
        return text

    def elements(self, css: str) -> list[html.HtmlElement]:
        """Return the elements by selectors such as `ol.log .code`."""
        path = ""
        for part in css.split():
            name, *marks = part.split(".")
            path += f"//{name or '*'}"
            path += "".join(f"[contains(concat(' ', @class, ' '), ' {mark} ')]" for mark in marks)
        found = self.tree.xpath(path)
        assert isinstance(found, list)
        return [element for element in found if isinstance(element, html.HtmlElement)]

    def links(self, css: str = "a") -> dict[str, str]:
        """Return the addresses by the texts of their links."""
        addresses = [str(link.get("href")) for link in self.elements(css)]
        return dict(zip(self.texts(css), addresses, strict=True))


def visit(shop: Shop, path: str = "/", *photos: Path) -> Seen:
    """Return the page under this address, which must be there."""
    response = visitor_of(shop, photos).get(path)
    assert response.status_code == 200, response.text
    return Seen(response)


def dress(size: str, colour: str, *parts: str, **marks: str) -> str:
    """Return an offer of one variant of a dress."""
    params = f'<param name="Розмір">{size}</param><param name="Колір">{colour}</param>'
    own = f'<param name="Тканина">льон</param>{params}'
    name = f"<name>Сукня {size} {colour}</name>"
    return offer(f"{size}-{colour}", name, *parts, group_id="7", **marks).replace(
        "</offer>", f"{own}</offer>"
    )
