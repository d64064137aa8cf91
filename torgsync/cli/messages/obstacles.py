"""Why something that a run did is not undone, in words."""

from __future__ import annotations

from torgsync.core.plan.rollback import Obstacle

OBSTACLES = {
    Obstacle.MOVED: "it changed since then",
    Obstacle.UNKNOWN: "nobody knows what it was before",
    Obstacle.NO_CALL: "no call of Prom.ua changes it",
    Obstacle.ABSENT: "the product is not on Prom.ua any more",
    Obstacle.MODERATED: "Prom.ua's moderators deleted the product",
    Obstacle.NEVER_SENT: "it was deleted, and too little of it was ever sent from here to make it anew",
    Obstacle.REFUSED: "Prom.ua refused it when it was tried; "
    "`torgsync update --full-refresh` has it tried again",
    Obstacle.FOREIGN: "it was deleted and never sent from here, "
    "so nothing is known of which it could be made",
    Obstacle.NO_EXTERNAL_ID: "it needs an import, and Prom.ua has the product without an external id",
    Obstacle.UNCLEAR: "nobody knows whether that run did it: look it up in the seller's cabinet",
    Obstacle.KEPT: 'it was made by that run, and gone = "keep" under [removal] leaves it there',
}
"""Why something that a run did is not undone."""
