"""All codes of the program with their explanations, and examples in words."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from torgsync.cli.messages.explained.exits import EXITS
from torgsync.cli.messages.explained.explanation import Explanation
from torgsync.cli.messages.explained.findings import FINDINGS
from torgsync.cli.messages.explained.guards import GUARDS
from torgsync.cli.messages.explained.skips import SKIPS
from torgsync.cli.messages.findings import finding_message
from torgsync.cli.messages.guards import cause, observed, override_observed
from torgsync.cli.messages.skips import skip_message
from torgsync.cli.messages.status import filter_message, status_message
from torgsync.core.findings import Finding, Severity
from torgsync.core.mapping.skip_reasons import SkipReason
from torgsync.core.plan.diff import Leaving
from torgsync.core.plan.guards import SHOP, GuardViolation, MissingShop, encode_measure
from torgsync.core.plan.why import Filter
from torgsync.i18n import Message, composed

if TYPE_CHECKING:
    from torgsync.cli.messages.explained.explanation import Example


class Kind(StrEnum):
    """What a code is a code of."""

    FINDING = "finding"
    GUARD = "guard"
    SKIP_REASON = "skip-reason"
    EXIT_CODE = "exit-code"


class Entry(NamedTuple):
    """A code with its explanation; only findings have a severity."""

    code: str
    kind: Kind
    explanation: Explanation
    severity: Severity | None = None

    @property
    def example(self) -> Message:
        """What the program says in an example of it."""
        return example_message(self.explanation.example)


def entries() -> Iterator[Entry]:
    """Yield all codes: findings with the errors first, guards, skip reasons, exit codes by number."""
    for severity in Severity:
        for code, explanation in FINDINGS.items():
            if code.severity is severity:
                yield Entry(code.value, Kind.FINDING, explanation, severity)
    for guard, explanation in GUARDS.items():
        yield Entry(str(guard), Kind.GUARD, explanation)
    for reason, explanation in SKIPS.items():
        yield Entry(str(reason), Kind.SKIP_REASON, explanation)
    for exit_code in sorted(EXITS):
        yield Entry(str(int(exit_code)), Kind.EXIT_CODE, EXITS[exit_code])


def example_message(example: Example) -> Message:
    """Return what the program says in a case: the sentence that is shown where it happens."""
    match example:
        case Finding():
            return finding_message(example)
        case GuardViolation():
            return composed("{observed}; {cause}", observed=observed(example), cause=cause(example))
        case MissingShop():
            return override_observed(SHOP, encode_measure(example))
        case Filter():
            return filter_message(example)
        case SkipReason():
            return status_message(example)
        case Leaving():
            return skip_message(example)
        case Message():
            return example
