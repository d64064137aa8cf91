"""Findings counted by code: how many there are, in how many goods, and the first of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from torgsync.core.findings import SEVERITY, Code, Finding, Severity

KEPT = 2000
"""Findings of one code that are kept with their places; the others are counted."""


@dataclass(slots=True)
class FindingCount:
    """All findings of one code: how many, in how many goods, and the first `KEPT` of them."""

    code: Code
    count: int = 0
    goods: int = 0
    first: list[Finding] = field(default_factory=list)

    @property
    def severity(self) -> Severity:
        """The weight of the code."""
        return SEVERITY[self.code]


class Tally:
    """Findings by code. Those of one good are added together."""

    def __init__(self) -> None:
        self._groups: dict[Code, FindingCount] = {}

    def add(self, found: Iterable[Finding]) -> None:
        """Add all findings of one good, or of a file as a whole."""
        met = set()
        for finding in found:
            group = self._groups.setdefault(finding.code, FindingCount(finding.code))
            group.count += 1
            if finding.good_id and finding.code not in met:
                met.add(finding.code)
                group.goods += 1
            if len(group.first) < KEPT:
                group.first.append(finding)

    def groups(self) -> list[FindingCount]:
        """Return the groups, errors first, then by code."""
        order = list(Severity)
        return sorted(self._groups.values(), key=lambda group: (order.index(group.severity), group.code))

    def count(self, severity: Severity) -> int:
        """Return how many findings have this weight."""
        return sum(group.count for group in self._groups.values() if group.severity is severity)
