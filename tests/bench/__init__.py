"""Benchmarks: `python -m tests.bench`; what they measure is in torgsync/docs/en/performance.md."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))
