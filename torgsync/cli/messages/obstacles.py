"""Why something that a run did is not undone, in words."""

from __future__ import annotations

from torgsync.core.plan.rollback import NotUndone, Obstacle
from torgsync.i18n import Message, _

OBSTACLES = {
    Obstacle.MOVED: _("it changed since then"),
    Obstacle.UNKNOWN: _("what it was before is unknown"),
    Obstacle.NO_CALL: _("Prom.ua's API cannot change it"),
    Obstacle.ABSENT: _("the product is not on Prom.ua any more"),
    Obstacle.MODERATED: _("Prom.ua's moderators deleted the product"),
    Obstacle.NEVER_SENT: _("it was deleted, and this program never sent enough of it to create it again"),
    Obstacle.REFUSED: _(
        "Prom.ua refused it when it was tried; to try again: `torgsync update --full-refresh`"
    ),
    Obstacle.FOREIGN: _(
        "it was deleted, and this program never sent it, so there is nothing to create it from"
    ),
    Obstacle.NO_EXTERNAL_ID: _("it needs an import, and the product has no external id on Prom.ua"),
    Obstacle.UNCLEAR: _("it is unclear whether that run did it: look it up in the seller's cabinet"),
    Obstacle.KEPT: _('that run created it, and `gone = "keep"` in `[removal]` leaves it there'),
}
"""Why something that a run did is not undone."""


def obstacle_message(remain: NotUndone) -> Message:
    """Return why something is not undone, and what becomes of a product that the run created."""
    why = _("run {run} changed it later", run=remain.run) if remain.run else OBSTACLES[remain.reason]
    if remain.created and remain.reason is Obstacle.MOVED:
        return _("{reason}; so the product that the run created stays on Prom.ua", reason=why)
    return why
