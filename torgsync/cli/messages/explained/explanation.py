"""The explanation of a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from torgsync.i18n import Message, composed

if TYPE_CHECKING:
    from torgsync.core.findings import Finding
    from torgsync.core.mapping.skip_reasons import SkipReason
    from torgsync.core.plan.diff import Leaving
    from torgsync.core.plan.guards import GuardViolation, MissingShop
    from torgsync.core.plan.why import Filter

    Example = Finding | GuardViolation | MissingShop | Filter | SkipReason | Leaving | Message


@dataclass(frozen=True, slots=True)
class Explanation:
    """What a code means, what a person can do, and an example of what the program says."""

    meaning: Message
    cure: Message
    example: Example

    @property
    def sentence(self) -> Message:
        """Meaning and cure as one sentence."""
        return composed("{meaning}; {cure}", meaning=self.meaning, cure=self.cure)
