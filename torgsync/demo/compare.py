"""Compares a recording with the sandbox: the sandbox is asked the same, and the answers are compared."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from torgsync.core.recording.compare import SLOWER, FoldedDifference, fold
from torgsync.demo.sandbox import SandboxOptions, read_options
from torgsync.files.recording.recording_file import load_recording
from torgsync.sandbox.replay import Replay, ReplayClock
from torgsync.sandbox.shop.shop import Shop


@dataclass(frozen=True, slots=True)
class RecordingComparison:
    """How many requests a recording has, and how the sandbox's answers differ."""

    requests: int
    differences: list[FoldedDifference]


def compare_recording(path: Path, options: SandboxOptions, slower: float = SLOWER) -> RecordingComparison:
    """Ask a new sandbox, all in memory, what a recording asked; no request goes to Prom.

    Raises InvalidInput for a file that is no recording or a scenario with mistakes, UsageError for invalid
    options.
    """
    recording = load_recording(path)
    scenario = read_options(options)
    clock = ReplayClock()
    shop = Shop(
        tokens=scenario.tokens or None,
        quirks=scenario.quirks,
        faults=scenario.faults,
        clock=clock,
        sleep=clock.sleep,
    )
    replay = Replay(shop, clock, recording.exchanges, slower=slower)
    return RecordingComparison(len(recording.exchanges), fold(replay.differences()))
