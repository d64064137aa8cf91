"""Injects faults into the calls of a shop: the rules of `faults.py`, and hooks handed in by a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain, repeat
from math import inf
from threading import Lock

from torgsync.sandbox.faults import Fault, FaultHit, covers


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
