"""Random sequences of steps, the same in every run."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test


def run_machine(machine: type[RuleBasedStateMachine], *, examples: int, steps: int) -> None:
    """Take `examples` sequences of up to `steps` steps; a failure is not made smaller, which takes long."""
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=examples,
            phases=(Phase.generate,),
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
