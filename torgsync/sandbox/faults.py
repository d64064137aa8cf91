"""Fault injection: rules for which calls get which fault, and hooks handed in by a test.

A rule has the same keys in Python, in a scenario and on the command line; see `Fault`. The faults of the real
Prom are described in prom-api §1.3, §1.4, §3.4, §4.4 to §4.6, §9.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass, fields, replace
from fnmatch import fnmatchcase
from itertools import chain, repeat
from math import inf
from threading import Lock
from typing import Literal, get_args

from torgsync.i18n import Message, _, joined

METHODS = ("GET", "POST", "PUT", "DELETE", "ANY")
HTTP_OK = 200
HTTP_NOT_FOUND = 404
WEB_PAGE_STATUSES = (200, 403, 503)

# The calls that a fault applies to at all; other faults apply to any call.
CALLS: Mapping[str, str] = {
    "gaps": "POST products/edit*",
    "import-refused": "POST products/import_*",
    "import-never-ends": "POST products/import_file",
    "import-fails": "POST products/import_file",
    "photos-missing": "POST products/import_file",
    "status-warning": "POST orders/set_status",
    "parcel-refused": "POST delivery/save_declaration_id",
    "no-lines": "GET orders/*",
}
# The parameters of each fault.
PARAMETERS: Mapping[str, tuple[str, ...]] = {
    "429": ("retry_after",),
    "lost": (),
    "cut": (),
    "slow": ("seconds",),
    "truncated": (),
    "web-page": ("status",),
    "gaps": ("items_every", "items_share"),
    "import-refused": ("reason",),
    "import-never-ends": (),
    "import-fails": (),
    "photos-missing": ("status", "items_every", "items_share"),
    "status-warning": (),
    "parcel-refused": (),
    "no-lines": ("lines", "items_every", "items_share"),
}
Refusal = Literal["daily-limit", "running"]
MissingLines = Literal["absent", "null", "empty"]
# The parameters that are words, and which.
WORDS: Mapping[str, tuple[str, ...]] = {"reason": get_args(Refusal), "lines": get_args(MissingLines)}
FRACTIONS = ("share", "retry_after", "seconds", "items_share")
RANGES = (
    (("nth", "every", "first", "last", "items_every"), 1, inf),
    (("share", "items_share"), 0, 1),
    (("seconds", "retry_after"), 0, 86_400),
    (("status",), 200, 599),
)
_CODES = tuple(PARAMETERS)
# The first segments of paths below `/api/v1/`.
SECTIONS = (
    *("products", "groups", "orders", "order_status_options"),
    *("clients", "payment_options", "delivery_options", "delivery", "messages", "chat"),
)


class ConnectionCut(ConnectionError):
    """The connection ends here: the server closes its socket, a transport in-process raises its own error."""


@dataclass(frozen=True)
class Fault:
    """One rule: which calls get which fault.

    `does` is the fault:

    - `429`, or any number from `500` to `599`: this status and no effect, perhaps with `retry_after`;
    - `lost`: the effect happens, then the connection is cut; `cut`: it is cut before any effect;
    - `slow`: `seconds` pass first (by default 1), then everything goes on, other rules included;
    - `truncated`: the effect happens, and the answer ends in the middle of its JSON;
    - `web-page`: a page of bot protection with `status` 200 (by default), 403 or 503, and no effect;
    - `gaps`: items of an edit are skipped, and are in neither part of the answer (prom-api §3.4);
    - `import-refused`: no import is taken, with the text of `reason` (prom-api §4.6);
    - `import-never-ends`: an import is taken and its counters stay at zero until it is cancelled in the
      cabinet (prom-api §4.4);
    - `import-fails`: an import is taken, makes nothing, and ends as one that failed;
    - `photos-missing`: an import is taken and finds `status` (404) in place of its photos (prom-api §4.4);
    - `status-warning`: no order is processed, and a `warning_message` says why (prom-api §5.3);
    - `parcel-refused`: the number of a parcel is refused, with a reason for the field (prom-api §5.4);
    - `no-lines`: orders come without their lines: `lines` are `absent` (by default), `null` or `empty`.

    `on` is a method and a path below `/api/v1/`, with the wildcards of shells: `POST products/edit*`. Without
    a method it covers any, and empty it covers every call that the fault applies to.

    Of the calls that `on` covers, counted from 1, the fault fires for all; or for the `nth` one; or for each
    one that can be divided by `every`; or from `first` to `last`; or for a random `share`, drawn by `seed`.
    Several conditions must all hold. For `gaps`, `photos-missing` and `no-lines`, `items_every` and
    `items_share` choose items in the same way; the default is all items.

    A rule that could never fire as written is a ValueError with every reason.
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
    reason: Refusal | None = None
    lines: MissingLines | None = None

    def __post_init__(self) -> None:
        if mistakes := list(self._mistakes()):
            raise ValueError(joined("; ", mistakes))

    def _mistakes(self) -> Iterator[Message]:
        is_server_error = bool(re.fullmatch(r"5\d\d", self.does, re.ASCII))
        if self.does not in PARAMETERS and not is_server_error:
            yield _(
                '"{word}" is not a fault; there are {faults:quoted}, and `500` to `599`',
                word=self.does,
                faults=_CODES,
            )
            return
        if len(self.on.split()) > 2 or (" " in self.on.strip() and self.on.split()[0] not in METHODS):  # noqa: PLR2004 - a method and a path
            yield _('"{words}" is not a method and a path, such as `POST products/edit*`', words=self.on)
        if not self._covers_a_path():
            yield _(
                'no path of the API begins like "{words}"; they begin with {sections:quoted}',
                words=self.on,
                sections=SECTIONS,
            )
        for name, low, high in ((name, low, high) for names, low, high in RANGES for name in names):
            number = getattr(self, name)
            if number is not None and not low <= number <= high:
                yield out_of_range(name, low, high)
        knows = PARAMETERS.get(self.does, ("retry_after",))
        for name in ("retry_after", "seconds", "status", "items_every", "items_share", "reason", "lines"):
            if getattr(self, name) is not None and name not in knows:
                yield _("`{fault}` does not accept `{key}`", fault=self.does, key=name)
        for name, words in WORDS.items():
            yield from _wrong_word(name, getattr(self, name), words)
        if self.does == "web-page" and self.status not in (None, *WEB_PAGE_STATUSES):
            yield _("a web page comes with status 200, 403 or 503")

    def _covers_a_path(self) -> bool:
        """Return whether the rule covers any call; with a mistyped path a rehearsal would test nothing."""
        words = [word for word in self.on.split() if word not in METHODS]
        if not words:
            return True
        fixed, *wild = re.split(r"[*?\[]", words[0], maxsplit=1)
        sections = [f"{name}/" for name in SECTIONS]
        return any(fixed.startswith(section) or (wild and section.startswith(fixed)) for section in sections)

    def covers(self, method: str, path: str) -> bool:
        """Return whether the rule covers this call; `path` begins below `/api/v1/`."""
        return covers(self.on, method, path) and covers(CALLS.get(self.does, ""), method, path)

    def fires_at(self, call: int) -> bool:
        """Return whether the fault fires for the call with this number, from 1."""
        return (
            self.nth in (None, call)
            and (self.every is None or call % self.every == 0)
            and call >= self.first
            and (self.last is None or call <= self.last)
            and _is_drawn(self.share, self.seed, call)
        )


def _wrong_word(name: str, word: str | None, words: Iterable[str]) -> Iterator[Message]:
    if word not in (None, *words):
        yield _('`{key}` "{word}" is not one of {known:quoted}', key=name, word=word, known=tuple(words))


def out_of_range(key: str, low: float, high: float) -> Message:
    """Return what is wrong with a number; `high` may be infinite."""
    if high == inf:
        return _("`{key}` is below {low}", key=key, low=low)
    return _("`{key}` is not between {low} and {high}", key=key, low=low, high=high)


@dataclass(frozen=True)
class FaultHit:
    """A call for which a rule fired, and its number among those that the rule covers."""

    fault: Fault
    call: int

    def affects(self, item: int) -> bool:
        """Return whether the fault is for the item with this number, from 1."""
        fault = self.fault
        every, share = fault.items_every or 1, 1.0 if fault.items_share is None else fault.items_share
        return item % every == 0 and _is_drawn(share, fault.seed, self.call, item)


def covers(pattern: str, method: str, path: str) -> bool:
    """Return whether `[METHOD] [PATH]` with the wildcards of shells covers a call."""
    words = pattern.split()
    verb = words.pop(0) if words and words[0] in METHODS else "ANY"
    return verb in ("ANY", method) and fnmatchcase(path, words[0] if words else "*")


def _is_drawn(share: float, *numbers: int) -> bool:
    """Return whether the numbers are in a random share; the same numbers always give the same result."""
    return share >= 1 or random.Random("/".join(map(str, numbers))).random() < share  # noqa: S311 - no secret


def parse_fault(text: str) -> Fault:
    """Parse a rule of the command line; raise ValueError where it is invalid.

    `[METHOD] [PATH] FAULT [KEY=VALUE …]`, in any order: `POST products/edit* 429 nth=2 retry_after=1`.
    """
    keys: dict[str, object] = {}
    method, path, does = "", "", ""
    for word in text.split():
        name, is_key, value = word.partition("=")
        if is_key:
            keys[name] = _value(name, value)
        elif word in METHODS and not method:
            method = word
        elif (word in PARAMETERS or re.fullmatch(r"\d{3}", word)) and not does:
            does = word
        elif not path:
            path = word
        else:
            raise ValueError(
                _(
                    '"{word}" is one word too many; the faults are {faults:quoted}, and `500` to `599`',
                    word=word,
                    faults=_CODES,
                )
            )
    if not does:
        raise ValueError(_("it names no fault; there are {faults:quoted}, and `500` to `599`", faults=_CODES))
    return Fault(does, on=f"{method} {path}".strip(), **keys)  # type: ignore[arg-type]  # each was read by its kind


def _value(name: str, text: str) -> object:
    names = [key.name for key in fields(Fault) if key.name not in {"does", "on"}]
    if name not in names:
        raise ValueError(_("there is no key `{key}`; there are {keys:quoted}", key=name, keys=names))
    if name in WORDS:
        return text
    try:
        return float(text) if name in FRACTIONS else int(text)
    except ValueError:
        raise ValueError(_("`{key}={text}` is not a number", key=name, text=text)) from None


@dataclass(frozen=True)
class HookedCall:
    """A request that a hook answers; its path begins below `/api/v1`, with a slash."""

    method: str
    path: str
    body: bytes


@dataclass(frozen=True)
class HookAnswer:
    """The answer of a hook; with `cut` the connection breaks in the middle of the body."""

    status: int = 200
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/json"),)
    cut: bool = False


Forward = Callable[[bytes], HookAnswer]
"""Passes a request on to the shop with this body, and returns the shop's answer."""
Hook = Callable[[HookedCall, Forward], HookAnswer]


@dataclass
class FaultTally:
    """How many calls a rule matched, and for how many it fired."""

    fault: Fault
    matched: int = 0
    fired: int = 0


class FaultInjector:
    """The rules of a shop, in order, with their counters, and the hooks of a test. Thread-safe.

    Every rule counts the calls that it covers, also those for which another rule fired. The first rule that
    fires wins; only after `slow` others may fire, too. A hook comes before all rules and the shop itself.
    """

    def __init__(self, rules: Iterable[Fault] = ()) -> None:
        self._lock = Lock()
        self._hooks: list[tuple[str, Iterator[Hook]]] = []
        self.replace_rules(rules)

    def replace_rules(self, rules: Iterable[Fault]) -> None:
        """Replace all rules, and count from zero; hooks stay."""
        with self._lock:
            self._rules = [FaultTally(rule) for rule in rules]

    def match(self, method: str, path: str) -> list[FaultHit]:
        """Count a call, and return its hits: at most one fault, and every `slow` before it."""
        hits: list[FaultHit] = []
        with self._lock:
            for rule in self._rules:
                if not rule.fault.covers(method, path):
                    continue
                rule.matched += 1
                taken = bool(hits) and hits[-1].fault.does != "slow"
                if not taken and rule.fault.fires_at(rule.matched):
                    rule.fired += 1
                    hits.append(FaultHit(rule.fault, rule.matched))
        return hits

    def tally(self) -> list[FaultTally]:
        """Return each rule with its counters, in order."""
        with self._lock:
            return [replace(rule) for rule in self._rules]

    def add_hook(self, calls: str, hook: Hook, *, times: float = inf) -> None:
        """Let the first of the hooks answer the next `times` calls that `calls`, like `Fault.on`, covers."""
        with self._lock:
            self._hooks.append((calls, repeat(hook) if times == inf else repeat(hook, int(times))))

    def clear_hooks(self) -> None:
        """Remove all hooks."""
        with self._lock:
            self._hooks.clear()

    def hook_for(self, method: str, path: str) -> Hook | None:
        """Count a call, and return the hook that answers it, if any; `path` begins below `/api/v1/`."""
        with self._lock:
            answers = (left for calls, left in self._hooks if covers(calls, method, path))
            return next(chain.from_iterable(answers), None)
