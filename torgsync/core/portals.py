"""Marketplaces of one platform with one API: what differs between them (docs/developers/prom-api.md §12).

Only Prom.ua was ever seen by this program; the others are described from what other programs do with them.
"""

from __future__ import annotations

from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

PortalName = Literal["prom.ua", "satu.kz", "deal.by", "prom.md"]


class Portal(NamedTuple):
    """One marketplace.

    `url` is the address of its API, `currency` that of its prices (ISO 4217), `region` the country of local
    phone numbers (ISO 3166), `zone` its time zone, `languages` those of product texts, first the usual one.
    One that is `experimental` was never tried on a living shop.
    """

    name: str
    title: str
    url: str
    currency: str
    region: str
    zone: str
    languages: tuple[str, ...]
    experimental: bool = True

    def worded(self, text: str) -> str:
        """Return a text about Prom.ua and its seller's cabinet as one about this marketplace."""
        words = {PROM.title: self.title, **_CABINET} if self != PROM else {}
        for word, other in words.items():
            text = text.replace(word, other)
        return text

    @property
    def brand(self) -> str:
        """What it is called before a number: `Prom 300000001`."""
        return self.title.removesuffix(".ua")

    @property
    def clock(self) -> ZoneInfo:
        """The clock of its country."""
        return ZoneInfo(self.zone)


API_PATH = "/api/v1"
"""What the address of every API ends with."""
PROM_URL = f"https://my.prom.ua{API_PATH}"


_CABINET = {
    "«Товари»": "«Товары»",
    "«Групи»": "«Группы»",
    "«Імпорт»": "«Импорт»",
    "«Замовлення»": "«Заказы»",
    "«Способи оплати»": "«Способы оплаты»",
    "«Клієнти»": "«Клиенты»",
    "«Повідомлення»": "«Сообщения»",
    "«лише читання»": "«только чтение»",
    "«читання і запис»": "«чтение и запись»",
    "«в процесі»": "«в процессе»",
}
"""Words of the seller's cabinet, which is in Russian on every other marketplace (prom-api §12.2)."""


def _other(name: str, currency: str, region: str, zone: str) -> Portal:
    return Portal(name, name.capitalize(), f"https://my.{name}{API_PATH}", currency, region, zone, ("ru",))


PROM = Portal("prom.ua", "Prom.ua", PROM_URL, "UAH", "UA", "Europe/Kyiv", ("uk", "ru"), experimental=False)
PORTALS: dict[str, Portal] = {
    portal.name: portal
    for portal in (
        PROM,
        _other("satu.kz", "KZT", "KZ", "Asia/Almaty"),
        _other("deal.by", "BYN", "BY", "Europe/Minsk"),
        Portal(
            "prom.md", "Prom.md", f"https://my.prom.md{API_PATH}", "MDL", "MD", "Europe/Chisinau", ("ru",)
        ),
    )
}
