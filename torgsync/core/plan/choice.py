"""What of a plan may be sent now; the rest stays pending. Source: docs/developers/architecture.md §5.10."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from torgsync.core.plan.diff import Verb
from torgsync.core.shell import quoted


@dataclass(frozen=True)
class Choice:
    """The part of a plan that may be sent, everything where nothing is named.

    `fields` are product fields, `goods` ids of goods, `groups` names of groups, `first` is how many goods
    with changes are taken in the order of the file, 0 for all. Goods are either named or described.
    """

    fields: tuple[str, ...] = ()
    goods: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    first: int = 0

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self.fields) or self.of_goods

    @property
    def of_goods(self) -> bool:
        """Whether goods are chosen, not fields alone."""
        return bool(self.goods or self.groups or self.first)

    @property
    def options(self) -> str:
        """The options of a command that make this choice, with a blank before each."""
        parts = [
            f"--fields {quoted(','.join(self.fields))}" if self.fields else "",
            f"--good {quoted(','.join(self.goods))}" if self.goods else "",
            *(f"--group {quoted(group)}" for group in self.groups),
            f"--first {self.first}" if self.first else "",
        ]
        return "".join(f" {part}" for part in parts if part)

    @cached_property
    def named(self) -> frozenset[str]:
        """The goods that are named."""
        return frozenset(self.goods)

    def takes_removal(self, good_id: str) -> bool:
        """Return whether the removal of a good is part of it: only of one that is named."""
        return not self.of_goods or bool(good_id and good_id in self.named)

    def taken(self, changes: Iterable[tuple[str, Verb]], members: Collection[str]) -> set[str]:
        """Return the goods with changes that are chosen, without the other variants of their groups.

        `changes` are goods with what happens to them, in the order of the file; `members` are the goods of
        the chosen groups.
        """
        return set(self._taken(changes, members))

    def _taken(self, changes: Iterable[tuple[str, Verb]], members: Collection[str]) -> Iterator[str]:
        counted: set[str] = set()
        for good_id, verb in changes:
            if verb is Verb.REMOVE:
                if self.takes_removal(good_id):
                    yield good_id
            elif (self.goods and good_id not in self.named) or (self.groups and good_id not in members):
                continue
            elif not self.first or good_id in counted or len(counted) < self.first:
                counted.add(good_id)
                yield good_id


EVERYTHING = Choice()
