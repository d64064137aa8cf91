"""Which goods of a plan were chosen to be sent; the rest stays pending.

Source: docs/developers/architecture.md §5.10.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress

from torgsync.core.plan.choice import Choice
from torgsync.core.plan.diff import Verb
from torgsync.core.product.cells import Section
from torgsync.core.product.groups import group_path, path_in_group
from torgsync.errors import InvalidInput
from torgsync.jobs.context import JobContext
from torgsync.jobs.unknown import unknown_goods, unknown_group
from torgsync.state.store import UnitOfWork


def chosen_goods(work: UnitOfWork, number: int, choice: Choice) -> tuple[set[str], set[str]]:
    """Return the goods whose changes are chosen, and those that go along as variants of one of them.

    `number` is the plan, which still has all changes.
    """
    changes = list(work.plans.verbs(number))
    taken = choice.taken(changes, group_members(work, choice.groups))
    staying = taken - {good_id for good_id, verb in changes if verb is Verb.REMOVE}
    variants = work.goods.variants(staying) - taken
    return taken, {good_id for good_id, verb in changes if good_id in variants and verb is not Verb.REMOVE}


def group_members(work: UnitOfWork, groups: Sequence[str]) -> set[str]:
    """Return the goods that go to Prom and are in one of these groups or below it."""
    if not groups:
        return set()
    sections = [number for number, path in work.goods.paths().items() if _in_any(groups, path)]
    return work.goods.members(sections)


def _in_any(groups: Sequence[str], path: Sequence[Section]) -> bool:
    return any(path_in_group(group, path, typed=len(path) == 1) for group in groups)


def refuse_unknown(context: JobContext, choice: Choice) -> None:
    """Raise UsageError where a choice names a good or a group that neither the state nor the export has.

    Nothing is stored, and Prom is not asked. An export that cannot be read is left to its own error.
    """
    if not choice.goods and not choice.groups:
        return
    with context.transaction(durable=False) as work:
        goods = work.goods.unknown(choice.goods)
        paths = work.goods.paths().values()
        known = {section.name for path in paths for section in path}
        groups = [group for group in choice.groups if not any(_in_any([group], path) for path in paths)]
    if goods or groups:
        with suppress(InvalidInput):
            ids, fresh = _of_export(context)
            if missing := [good_id for good_id in goods if good_id not in ids]:
                raise unknown_goods(context, missing, ids)
            if absent := [group for group in groups if not any(_in_any([group], path) for path in fresh)]:
                names = {section.name for path in fresh for section in path}
                raise unknown_group(absent[0], names | known)


def _of_export(context: JobContext) -> tuple[set[str], set[tuple[Section, ...]]]:
    """Return the ids in the export, and the paths of its groups."""
    # What reads an export is needed only here, where something may be chosen that it does not have.
    from torgsync.core.mapping.select import group_column  # noqa: PLC0415
    from torgsync.files.catalog.export import open_export  # noqa: PLC0415
    from torgsync.jobs.catalog.reading import check_columns  # noqa: PLC0415

    settings, catalog = context.object, open_export(context.file)
    check_columns(context.file, catalog)
    column, blank = group_column(settings), settings.catalog.blank
    ids: set[str] = set()
    paths: set[tuple[Section, ...]] = set()
    for record in catalog.records():
        ids.add(catalog.good_id(record))
        paths.add(group_path(settings.value_map.apply(catalog.cells(record)), column, blank))
    return ids, paths
