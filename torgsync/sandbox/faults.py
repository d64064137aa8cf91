"""How this Prom.ua misbehaves on demand: rules that say which calls meet which trouble.

A rule is written alike in Python, in a scenario and on the command line; `Fault` tells its keys. What the
real Prom does of it stands in prom-api §1.3, §1.4, §3.4, §4.4 to §4.6, §9.
"""

from __future__ import annotations

import random
import re
from dataclasses import KW_ONLY, dataclass
from fnmatch import fnmatchcase
from math import inf
from threading import Lock
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

METHODS = ("GET", "POST", "PUT", "DELETE", "ANY")
HTTP_NOT_FOUND = 404
HTTP_ERRORS = range(500, 600)
WEB_PAGE_STATUSES = (200, 403, 503)

# To which calls a trouble can happen at all; what is not named here can happen to any call.
HAPPENS_TO: Mapping[str, str] = {
    "gaps": "POST products/edit*",
    "import-refused": "POST products/import_*",
    "import-never-ends": "POST products/import_file",
    "photos-missing": "POST products/import_file",
}
# What each trouble can be told besides which calls meet it.
TELLING: Mapping[str, tuple[str, ...]] = {
    "429": ("retry_after",),
    "lost": (),
    "cut": (),
    "slow": ("seconds",),
    "truncated": (),
    "web-page": ("status",),
    "gaps": ("items_every", "items_share"),
    "import-refused": ("reason",),
    "import-never-ends": (),
    "photos-missing": ("status", "items_every", "items_share"),
}
RANGES = (
    (("nth", "every", "first", "last", "items_every"), 1, inf),
    (("share", "items_share"), 0, 1),
    (("seconds", "retry_after"), 0, inf),
    (("status",), 200, 599),
)
DOES = (*TELLING, "500 to 599")


class ConnectionCut(ConnectionError):
    """The connection ends here, without an answer.

    Over a socket the server really closes it. In-process there is no connection to close: the exception comes
    out of the application, and the transport of whoever calls it says so in its own words.
    """


SECTIONS = (
    "products",
    "groups",
    "orders",
    "order_status_options",
    "clients",
    "payment_options",
    "delivery_options",
    "delivery",
)
"""What paths below `/api/v1/` begin with."""


@dataclass(frozen=True)
class Fault:
    """One rule: which calls meet which trouble.

    `does` is the trouble:

    - `429`, or any number from `500` to `599`: this status and no effect, with `retry_after` seconds if told;
    - `lost`: the effect happens, then the connection is cut; `cut`: it is cut before any effect;
    - `slow`: `seconds` pass first (1 where not told), then everything goes on, other rules included;
    - `truncated`: the effect happens, and the answer ends in the middle of its JSON;
    - `web-page`: a page of bot protection with `status` 200 (by default), 403 or 503, and no effect;
    - `gaps`: items of an edit are passed over, and are in neither part of the answer (prom-api §3.4);
    - `import-refused`: no import is taken, with the text of `reason` (prom-api §4.6);
    - `import-never-ends`: an import is taken and its counters stay at zero for ever (prom-api §4.4);
    - `photos-missing`: an import is taken and finds `status` (404) in place of its photos (prom-api §4.4).

    `on` names method and path below `/api/v1/`, with the wildcards of shells: `POST products/edit*`; without
    a method any is meant, without anything every call that the trouble can happen to.

    Of the calls that `on` names, counted from 1, all meet it; or the `nth` one; or each one that can be
    divided by `every`; or those from `first` to `last`; or a random `share` of them, drawn by `seed`. What is
    told together must hold together. For `gaps` and `photos-missing`, `items_every` and `items_share` choose
    items in the same way; without them all items are meant.

    A rule that cannot be meant so is a ValueError with every reason.
    """

    does: str
    _: KW_ONLY
    on: str = ""
    nth: int | None = None
    every: int | None = None
    first: int = 1
    last: int | None = None
    share: float = 1.0
    seed: int = 0
    retry_after: float | None = None
    seconds: float | None = None
    status: int | None = None
    items_every: int | None = None
    items_share: float | None = None
    reason: Literal["daily-limit", "running"] | None = None

    def __post_init__(self) -> None:
        """Refuse a rule that could never do what it says."""
        if wrong := list(self._mistakes()):
            raise ValueError("; ".join(wrong))

    def _mistakes(self) -> Iterator[str]:
        if self.does not in TELLING and not self._is_server_error():
            yield f'"{self.does}" is none of {", ".join(DOES)}'
            return
        if len(self.on.split()) > 2 or (" " in self.on.strip() and self.on.split()[0] not in METHODS):  # noqa: PLR2004 - a method and a path
            yield f'"{self.on}" is not a method and a path, such as "POST products/edit*"'
        if not self._names_a_place():
            yield f'no path of the API begins like "{self.on}"; they begin with {", ".join(SECTIONS)}'
        yield from self._numbers_out_of_range()
        knows = TELLING.get(self.does, ("retry_after",))
        for name in ("retry_after", "seconds", "status", "items_every", "items_share", "reason"):
            if getattr(self, name) is not None and name not in knows:
                yield f"`{self.does}` knows no {name}"
        if self.does == "web-page" and self.status not in (None, *WEB_PAGE_STATUSES):
            yield "a web page comes with status 200, 403 or 503"

    def _names_a_place(self) -> bool:
        """Tell whether any call can be meant: a mistyped path would make a rehearsal that tests nothing."""
        words = [word for word in self.on.split() if word not in METHODS]
        if not words:
            return True
        sure, *wild = re.split(r"[*?\[]", words[0], maxsplit=1)
        places = [f"{name}/" for name in SECTIONS]
        return any(sure.startswith(place) or (wild and place.startswith(sure)) for place in places)

    def _numbers_out_of_range(self) -> Iterator[str]:
        for names, low, high in RANGES:
            for name in names:
                number = getattr(self, name)
                if number is not None and not low <= number <= high:
                    yield (
                        f"{name} is below {low}" if high == inf else f"{name} is not between {low} and {high}"
                    )

    def _is_server_error(self) -> bool:
        return bool(re.fullmatch(r"\d{3}", self.does)) and int(self.does) in HTTP_ERRORS

    def names(self, method: str, path: str) -> bool:
        """Tell whether the rule speaks of this call; `path` begins below `/api/v1/`."""
        return _names(self.on, method, path) and _names(HAPPENS_TO.get(self.does, ""), method, path)

    def meets(self, call: int) -> bool:
        """Tell whether the call with this number, from 1, meets the trouble."""
        return (
            self.nth in (None, call)
            and (self.every is None or call % self.every == 0)
            and call >= self.first
            and (self.last is None or call <= self.last)
            and _drawn(self.share, self.seed, call)
        )


@dataclass(frozen=True)
class Met:
    """A call that met a trouble: the rule, and the number of the call among those that the rule names."""

    fault: Fault
    call: int

    def strikes(self, item: int) -> bool:
        """Tell whether the item with this number, from 1, is one of those that the trouble is for."""
        fault = self.fault
        every, share = fault.items_every or 1, 1.0 if fault.items_share is None else fault.items_share
        return item % every == 0 and _drawn(share, fault.seed, self.call, item)


@dataclass(frozen=True)
class Tally:
    """How often a rule was asked and how often it struck."""

    fault: Fault
    named: int
    met: int


class Faults:
    """The rules of a shop, in order, with their counters. Any thread may ask.

    Every rule counts the calls that it names, also those that another rule took. The first rule whose trouble
    a call meets wins; `slow` alone lets others go on after it.
    """

    def __init__(self, rules: Iterable[Fault] = ()) -> None:
        self._rules = tuple(rules)
        self._named = [0] * len(self._rules)
        self._met = [0] * len(self._rules)
        self._lock = Lock()

    def meet(self, method: str, path: str) -> list[Met]:
        """Count a call, and return what it meets: at most one trouble, and every `slow` before it."""
        found: list[Met] = []
        with self._lock:
            for place, fault in enumerate(self._rules):
                if not fault.names(method, path):
                    continue
                self._named[place] += 1
                taken = bool(found) and found[-1].fault.does != "slow"
                if not taken and fault.meets(self._named[place]):
                    self._met[place] += 1
                    found.append(Met(fault, self._named[place]))
        return found

    def tally(self) -> list[Tally]:
        """Return each rule with its counters, in order."""
        with self._lock:
            return [Tally(*counted) for counted in zip(self._rules, self._named, self._met, strict=True)]


def _names(pattern: str, method: str, path: str) -> bool:
    words = pattern.split()
    wanted = words.pop(0) if words and words[0] in METHODS else "ANY"
    return wanted in ("ANY", method) and fnmatchcase(path, words[0] if words else "*")


def _drawn(share: float, *numbers: int) -> bool:
    """Draw by lot: the same numbers always get the same lot, whoever asks first."""
    return share >= 1 or random.Random("/".join(map(str, numbers))).random() < share  # noqa: S311 - no secret


def parse_fault(text: str) -> Fault:
    """Read a rule as it stands on the command line; raise ValueError where it is none.

    `[METHOD] [PATH] TROUBLE [KEY=VALUE …]`, in any order: `POST products/edit* 429 nth=2 retry_after=1`.
    """
    keys: dict[str, object] = {}
    method, path, does = "", "", ""
    for word in text.split():
        name, is_key, value = word.partition("=")
        if is_key:
            keys[name] = _value(name, value)
        elif word in METHODS and not method:
            method = word
        elif (word in TELLING or re.fullmatch(r"\d{3}", word)) and not does:
            does = word
        elif not path:
            path = word
        else:
            raise ValueError(f'"{word}" is one word too many; a trouble is one of {", ".join(DOES)}')
    if not does:
        raise ValueError(f"it names no trouble: one of {', '.join(DOES)}")
    return Fault(does, on=f"{method} {path}".strip(), **keys)  # type: ignore[arg-type]  # each was read by its kind


KINDS: Mapping[str, type[int | float | str]] = {
    "nth": int,
    "every": int,
    "first": int,
    "last": int,
    "share": float,
    "seed": int,
    "retry_after": float,
    "seconds": float,
    "status": int,
    "items_every": int,
    "items_share": float,
    "reason": str,
}


def _value(name: str, text: str) -> object:
    if name not in KINDS:
        raise ValueError(f'there is no key "{name}"; there are {", ".join(KINDS)}')
    try:
        return KINDS[name](text)
    except ValueError:
        raise ValueError(f"{name}={text} is no number") from None
