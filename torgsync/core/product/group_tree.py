"""The tree of groups that the goods of one export make together.

Every good has its own path, and two goods may contradict each other about one group. Prom must be given the
same tree whichever goods happen to be sent, so all goods of the export vote.
Source: docs/developers/torgsoft.md §8.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from torgsync.core.findings import Code, Finding
from torgsync.core.product.cells import Section

Steps = tuple[Section, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """Name and parent of each group, keyed by its number; the parent of a top group is empty."""

    groups: Mapping[str, tuple[str, str]]
    findings: tuple[Finding, ...] = ()

    def path(self, own: Steps) -> Steps:
        """Return the path of a group, root first, for a good's own path; unknown groups keep it."""
        path: list[Section] = []
        met: set[str] = set()
        number = own[-1].number if own else ""
        while number in self.groups and number not in met:
            met.add(number)
            name, parent = self.groups[number]
            path.append(Section(number, name))
            number = parent
        return tuple(reversed(path)) if path and not number else own


def grow(paths: Iterable[tuple[Steps, int]]) -> Tree:
    """Return the tree of paths, each with the number of goods that have it.

    A group has the parent and the name that most goods give it; where they are even, the lesser number and
    the lesser name, so that the order of goods decides nothing.
    """
    votes: dict[str, Counter[tuple[str, str]]] = {}
    for path, goods in paths:
        parent = ""
        for section in path:
            votes.setdefault(section.number, Counter())[section.name, parent] += goods
            parent = section.number
    groups, findings = {}, []
    for number, places in sorted(votes.items()):
        (chosen, _), *others = sorted(places.items(), key=lambda item: (-item[1], item[0]))
        groups[number] = chosen
        if others:
            args = {"number": number, "chosen": list(chosen), "others": [list(other) for other, _ in others]}
            findings.append(Finding(Code.GROUP_CONFLICT, args=args))
    return Tree(groups, tuple(findings))
