"""`torgsync why` as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from torgsync.cli.base.findings import finding_document
from torgsync.cli.base.render import pick, whole_or_float
from torgsync.cli.messages.guards import allow_flag, cause, limit, observed
from torgsync.cli.messages.outcomes import reasons_message
from torgsync.cli.messages.status import UNSENT, alone_message, filter_message, price_message, status_message
from torgsync.cli.plan.documents import change_document
from torgsync.core.clock import iso_or_none
from torgsync.core.plan.diff import Change
from torgsync.core.plan.guards import Guard
from torgsync.core.product.fields import FIELDS, Value, encode
from torgsync.core.product.products import Existing, Product
from torgsync.i18n import NOTHING, Message, _, composed, joined

if TYPE_CHECKING:
    from torgsync.jobs.photos.checked import CheckedPhoto
    from torgsync.jobs.plan.why import GoodView, Held
    from torgsync.state.shop.adoptions import Adoption


def good_document(catalog: str, good: GoodView) -> dict[str, object]:
    """Return what is known of a good as JSON; `catalog` is the file that findings without one are in."""
    change = good.verdict.change
    name = good.row.file if good.row else catalog
    return {
        "good_id": good.good_id,
        "title": good.title,
        "fate": str(good.status),
        "message": good_message(good),
        "standing": str(good.row_status),
        "deletion": iso_or_none(good.deletion),
        "export_problem": good.problem or None,
        "row": _row_document(good),
        "photos": [_photo_document(photo) for photo in good.row.photos] if good.row else [],
        "findings": [finding_document(finding, name) for finding in good.findings],
        "desired": _values(good.desired),
        "sent": {"at": iso_or_none(good.sent_at), "values": _values(good.sent)} if good.sent else None,
        "looked": iso_or_none(good.looked),
        "existing": _existing_document(good.existing) if good.existing else None,
        "change": _change_document(change) if change else None,
        "adopted": _adoption_document(good.adoption) if good.adoption else None,
        "candidates": list(good.candidates),
        "sold": [{"order": holding.order_id, "quantity": float(holding.quantity)} for holding in good.sold],
        "causes": {name: list(map(str, causes)) for name, causes in good.causes.items()},
        "left_alone": list(good.verdict.left_alone),
        "held": _held_document(good.held) if good.held else None,
        "refusal": {
            "at": iso_or_none(good.refusal.at),
            "message": reasons_message(good.refusal.reasons),
            "current": good.refused,
        }
        if good.refusal
        else None,
        "attempts": [
            {
                "at": iso_or_none(attempt.at),
                "run": attempt.run,
                "approved": {"plan": attempt.approval.name, "run": attempt.approval.run}
                if attempt.approval
                else None,
                "state": str(attempt.item.outcome) if attempt.item.outcome else None,
                "message": reasons_message(attempt.item.reasons),
                **_change_document(attempt.item.change),
            }
            for attempt in good.attempts
        ],
    }


def good_message(good: GoodView) -> Message:
    """Return what becomes of a good, or why nothing does."""
    causes = [cause for each in good.causes.values() for cause in each]
    return status_message(good.status, causes, sold=bool(good.sold))


def _row_document(good: GoodView) -> dict[str, object] | None:
    row = good.row
    if row is None:
        return None
    return {
        "file": row.file,
        "lines": list(row.lines),
        "columns": [
            {"column": mapping.column, "value": cell, **pick(mapping, "to", "name", "owner")}
            | {"replaced": row.replaced.get(mapping.column)}
            | {"unsent": UNSENT if mapping.column in row.unsent else None}
            for mapping, cell in row.mapped_cells
        ],
        "price_steps": [price_message(price) for price in row.prices],
        "filters": [
            {"filter": str(item.reason), "passes": item.passes, "message": filter_message(item)}
            for item in row.filters
        ],
        "centers": [
            {
                "center": stock.center,
                "file": stock.file,
                "value": stock.cell or None,
                "quantity": None if stock.quantity is None else whole_or_float(stock.quantity),
                "counted": stock.counted,
            }
            for stock in row.centers
        ],
        "variants": {
            "model": row.family.model or None,
            "group": row.family.group or None,
            "alone": alone_message(row.family.alone) if row.family.alone else None,
            "sisters": [
                {
                    "good_id": sibling.good_id,
                    "title": sibling.title or None,
                    "differs": [item._asdict() for item in sibling.differs],
                    "lacks": list(sibling.lacks),
                    "out": sibling.out or None,
                    "alone": alone_message(sibling.alone) if sibling.alone else None,
                }
                for sibling in row.family.siblings
            ],
        },
        "reason": str(row.out) if row.out else None,
        "unreadable": sorted(row.mapped.unreadable),
    }


def _photo_document(photo: CheckedPhoto) -> dict[str, object]:
    return {
        "file": photo.file,
        "address": photo.address or None,
        "flaws": list(map(str, photo.flaws)),
        "published": photo.published,
        "status": photo.answer and photo.answer.status,
        "fault": photo.fault and str(photo.fault),
    }


def _existing_document(existing: Existing) -> dict[str, object]:
    return {
        "prom_id": existing.prom_id,
        "external_id": existing.external_id or None,
        "modified": iso_or_none(existing.modified),
        "removed": existing.removed,
        "values": _encoded(existing.values),
    }


def _adoption_document(adoption: Adoption) -> dict[str, object]:
    by = {"by": list(map(str, adoption.by)), "at": iso_or_none(adoption.at), "user": adoption.user}
    return {"prom_id": adoption.prom_id, **by}


def _change_document(change: Change) -> dict[str, object]:
    document = change_document(change)
    return {key: document[key] for key in ("verb", "via", "held", "fields")}


def _values(product: Product | None) -> dict[str, object] | None:
    return _encoded(product.values) if product else None


def _encoded(values: Mapping[str, Value]) -> dict[str, object]:
    return {name: encode(FIELDS[name], value) for name, value in values.items()}


def _held_document(held: Held) -> dict[str, object]:
    seen, flag = held_words(held)
    return {"guard": held.guard, "saw": seen or None, "allow": flag}


def held_words(held: Held) -> tuple[Message, str]:
    """Return what a guard holds, empty where only a plan can say it, and the flag that allows it."""
    if held.violation is None:
        value = _("KIND") if held.guard == Guard.FLEET else _("N")
        return NOTHING, composed("{option}={value}", option=f"--allow {held.guard}", value=value)
    most = limit(held.violation)
    limited = _("the limit is {limit}", limit=most) if most else NOTHING
    parts = (observed(held.violation), limited, cause(held.violation))
    return joined("; ", filter(None, parts)), allow_flag(held.violation)
