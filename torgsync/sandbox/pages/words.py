"""The words of the pages, Ukrainian and, where a buyer may choose, Russian; and how figures are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from torgsync.core.clock import SHOP_ZONE
from torgsync.sandbox.api.answers import Language, money

# A no-break space holds groups of digits, and an amount and its unit, together.
NBSP = "\u00a0"
SIGNS = {"UAH": "₴", "USD": "$", "EUR": "€"}

PRESENCES: Mapping[str, Mapping[Language, str]] = {
    "available": {"uk": "В наявності", "ru": "В наличии"},
    "not_available": {"uk": "Немає в наявності", "ru": "Нет в наличии"},
    "order": {"uk": "Під замовлення", "ru": "Под заказ"},
    "service": {"uk": "Послуга", "ru": "Услуга"},
    "waiting": {"uk": "Очікується", "ru": "Ожидается"},
}

# The cabinet's words for the statuses of a product (prom-api §3.3).
STATUSES = {
    "on_display": "Опубліковано",
    "draft": "Чернетка",
    "not_on_display": "Приховано",
    "editing_required": "Потребує редагування",
    "approval_pending": "Очікує модерації",
    "deleted_by_moderator": "Видалено модератором",
    "deleted": "Видалено",
}

OUTCOMES = {
    "SUCCESS": "Успішно",
    "PARTIAL": "Є зауваження",
    **dict.fromkeys(("FATAL", "FAIL", "error", "failed"), "Не виконано"),
}

# The settings of an import and the stages of its errors (prom-api §4.2, §4.4).
MISSING = {
    "none": "не чіпати",
    "not_available": "немає в наявності",
    "not_on_display": "приховати",
    "deleted": "видалити",
}
UPDATABLE = {
    "name": "назва",
    "sku": "код",
    "price": "ціна",
    "images_urls": "фото",
    "presence": "наявність",
    "quantity_in_stock": "кількість",
    "description": "опис",
    "group": "група",
    "keywords": "пошукові запити",
    "attributes": "характеристики",
    "discount": "знижка",
    "labels": "мітки",
    "gtin": "штрихкод",
    "mpn": "номер виробника",
}
STAGES = {
    "download": "завантаження файлу",
    "store_file": "збереження файлу",
    "validation": "перевірка файлу",
    "import": "позиція",
    "download_images": "фото",
}

PAYMENTS = {"unpaid": "не оплачено", "paid": "оплачено", "refunded": "кошти повернено"}

BUYER: Mapping[str, Mapping[Language, str]] = {
    "all": {"uk": "Усі товари", "ru": "Все товары"},
    "barcode": {"uk": "Штрихкод", "ru": "Штрихкод"},
    "by_quantity": {"uk": "Оптові ціни", "ru": "Оптовые цены"},
    "characteristics": {"uk": "Характеристики", "ru": "Характеристики"},
    "code": {"uk": "Код товару", "ru": "Код товара"},
    "country": {"uk": "Країна виробник", "ru": "Страна производитель"},
    "description": {"uk": "Опис", "ru": "Описание"},
    "discount": {"uk": "Знижка", "ru": "Скидка"},
    "empty": {"uk": "У цьому магазині ще немає товарів.", "ru": "В этом магазине ещё нет товаров."},
    "empty_hint": {"uk": "Його наповнює", "ru": "Его наполняет"},
    "find": {"uk": "Знайти", "ru": "Найти"},
    "first": {"uk": "Перша", "ru": "Первая"},
    "from": {"uk": "від", "ru": "от"},
    "from_date": {"uk": "з", "ru": "с"},
    "gathered": {"uk": "різновиди зібрано в одну картку", "ru": "разновидности собраны в одну карточку"},
    "groups": {"uk": "Групи товарів", "ru": "Группы товаров"},
    "language": {"uk": "Мова", "ru": "Язык"},
    "last": {"uk": "Остання", "ru": "Последняя"},
    "manufacturer": {"uk": "Виробник", "ru": "Производитель"},
    "minimum": {"uk": "Мінімальне замовлення", "ru": "Минимальный заказ"},
    "missing": {"uk": "Такої сторінки немає", "ru": "Такой страницы нет"},
    "missing_hint": {
        "uk": "Можливо, товар приховано або видалено.",
        "ru": "Возможно, товар скрыт или удалён.",
    },
    "more": {"uk": "ще", "ru": "ещё"},
    "next": {"uk": "Наступна", "ru": "Следующая"},
    "no_description": {"uk": "Опису немає.", "ru": "Описания нет."},
    "no_photo": {"uk": "Фото немає", "ru": "Фото нет"},
    "no_price": {"uk": "Ціну уточнюйте", "ru": "Цену уточняйте"},
    "nothing": {"uk": "Нічого не знайдено.", "ru": "Ничего не найдено."},
    "old_price": {"uk": "Стара ціна", "ru": "Старая цена"},
    "page": {"uk": "Сторінка", "ru": "Страница"},
    "page_of": {"uk": "з", "ru": "из"},
    "pages": {"uk": "Сторінки", "ru": "Страницы"},
    "photo": {"uk": "фото", "ru": "фото"},
    "photos": {"uk": "Фото", "ru": "Фото"},
    "previous": {"uk": "Попередня", "ru": "Предыдущая"},
    "price": {"uk": "Ціна", "ru": "Цена"},
    "quantity": {"uk": "Кількість", "ru": "Количество"},
    "ready": {"uk": "Готово до відправки", "ru": "Готово к отправке"},
    "sandbox": {
        "uk": "Пісочниця на вашому комп’ютері: це не справжній Prom.ua, покупців тут немає.",
        "ru": "Песочница на вашем компьютере: это не настоящий Prom.ua, покупателей здесь нет.",
    },
    "search": {"uk": "Назва, код або ідентифікатор", "ru": "Название, код или идентификатор"},
    "search_results": {"uk": "Пошук", "ru": "Поиск"},
    "seller": {"uk": "Кабінет", "ru": "Кабинет"},
    "shop": {"uk": "Магазин", "ru": "Магазин"},
    "skip": {"uk": "До товарів", "ru": "К товарам"},
    "stock": {"uk": "Наявність", "ru": "Наличие"},
    "to_date": {"uk": "до", "ru": "до"},
    "variant": {"uk": "Різновид", "ru": "Разновидность"},
    "variants": {"uk": "Різновиди", "ru": "Разновидности"},
    "without_group": {"uk": "Без групи", "ru": "Без группы"},
}

# One, few (2 to 4) and many of a thing.
PLURALS: Mapping[str, Mapping[Language, tuple[str, str, str]]] = {
    "product": {"uk": ("товар", "товари", "товарів"), "ru": ("товар", "товара", "товаров")},
    "variant": {
        "uk": ("різновид", "різновиди", "різновидів"),
        "ru": ("разновидность", "разновидности", "разновидностей"),
    },
    "remark": {
        "uk": ("зауваження", "зауваження", "зауважень"),
        "ru": ("замечание", "замечания", "замечаний"),
    },
}


def counted(count: int, thing: str, language: Language = "uk") -> str:
    """Return a number with its thing: 1 товар, 22 товари, 11 товарів."""
    one, few, many = PLURALS[thing][language]
    tens, ones = divmod(count % 100, 10)
    word = many if tens == 1 or ones in {0, 5, 6, 7, 8, 9} else one if ones == 1 else few
    return f"{grouped(count)}{NBSP}{word}"


def grouped(number: int) -> str:
    """Return a whole number with its digits in groups of three."""
    return f"{number:,}".replace(",", NBSP)


def quantity(amount: Decimal | int) -> str:
    """Return a quantity with a comma, without zeros that say nothing."""
    return f"{Decimal(amount).normalize():f}".replace(".", ",")


def price(amount: Decimal, currency: str = "UAH") -> str:
    """Return an amount of money: 1 249,50 ₴, without kopiykas where there are none."""
    return money(amount, NBSP, SIGNS.get(currency, currency))


def moment(time: datetime) -> str:
    """Return a time as the clock in Kyiv shows it."""
    return f"{time.astimezone(SHOP_ZONE):%d.%m.%Y %H:%M:%S}"
