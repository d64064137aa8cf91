"""Measure torgsync: `python -m tests.bench --help`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench import ROOT
from tests.bench.figures import SECTIONS, Figures

GOODS, QUICK = 100_000, 1_000
NAMES = "; ".join(" ".join((f"{section}:", *keys)).rstrip(":") for section, keys in SECTIONS.items())


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--goods", type=int, metavar="N", help=f"size of the export, else {GOODS:,}")
    parser.add_argument("--rounds", type=int, default=5, metavar="N", help="of which the median counts; 5")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} goods, one round")
    parser.add_argument(
        "--only",
        action="append",
        choices=[name for section, keys in SECTIONS.items() for name in (section, *keys)],
        metavar="NAME",
        help=f"only these sections and rows; repeatable: {NAMES}",
    )
    parser.add_argument("--large", action="store_true", help="ten times as many goods, too; takes hours")
    parser.add_argument("--beside", type=Path, metavar="DIR", help="measure this checkout too, in turn")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all rounds in seconds and bytes")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep what is made there, to use it again")
    return parser.parse_args()


def main() -> None:
    """Measure, print the tables, write the file."""
    args = arguments()
    rounds = 1 if args.quick else args.rounds
    goods = args.goods or (QUICK if args.quick else GOODS)
    trees = [args.beside.resolve()] if args.beside else []
    with tempfile.TemporaryDirectory() as temporary:
        folder = (args.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        figures = Figures(
            folder, [*trees, ROOT], goods=goods, rounds=rounds, only=args.only or (), large=args.large
        )
        figures.measure(lambda line: sys.stderr.write(f"{line}\n"))
    print("\n".join(figures.report()))  # noqa: T201
    if args.json:
        figures.write(args.json)


if __name__ == "__main__":
    main()
