"""Decides, after a reading, which goods are variants of each other.

Source: docs/developers/torgsoft.md §17 no. 15.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence

from torgsync.core.findings import Finding
from torgsync.core.paging import pages
from torgsync.core.product.variants import CODES, Arranged, apart, arrange, group_numbers, moved, stands_alone
from torgsync.state.shop.variants import StoredVariant
from torgsync.state.store import UnitOfWork


def arrange_models(work: UnitOfWork, models: Collection[int] | None) -> set[str]:
    """Arrange these models again, None for all with a dirty good; return the goods with a finding."""
    good_ids: set[str] = set()
    for page in pages(sorted(models)) if models is not None else work.variants.dirty():
        good_ids |= _arrange(work, page)
    return good_ids


def _arrange(work: UnitOfWork, models: Sequence[int]) -> set[str]:
    groups: dict[str, int] = {}
    findings: list[Finding] = []
    compared: list[str] = []
    for model, kept in work.variants.members(models).items():
        arranged = arrange([one.member for one in kept])
        number = _number(work, model, kept, arranged)
        for one in kept:
            good_id = one.member.good_id
            compared.append(good_id)
            wanted = number if good_id in arranged.variants else 0
            if one.group != wanted:
                groups[good_id] = wanted
            if wanted and one.member.group not in (0, wanted):
                findings.append(moved(good_id, one.member.line, one.member.group))
            elif wanted and one.member.made and not one.member.group and len(arranged.variants) > 1:
                findings.append(apart(one.member))
        findings += arranged.findings
    work.variants.regroup(groups)
    work.variants.replace_findings(compared, CODES, findings)
    return {finding.good_id for finding in findings}


def report_left_groups(work: UnitOfWork, lines: Mapping[str, int]) -> None:
    """Report goods without a model that Prom keeps in a variant group; `lines` are keyed by good."""
    groups = work.variants.groups(list(lines))
    findings = [moved(good_id, lines[good_id], group) for good_id, group in groups.items()]
    work.variants.replace_findings([], CODES, findings)


def _number(work: UnitOfWork, model: int, kept: Sequence[StoredVariant], arranged: Arranged) -> int:
    """Return the variant group of a model, 0 where its goods make none."""
    used = Counter(one.member.group for one in kept if one.member.group)
    if len(arranged.variants) < 2 and not used and not stands_alone(model):  # noqa: PLR2004  # one is no pair
        return 0
    return work.variants.number(model, group_numbers(model, [group for group, _ in used.most_common()]))
