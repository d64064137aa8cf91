"""Measure torgsync: `python -m tests.bench --help`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.bench import ROOT
from tests.bench.figures import SECTIONS, Figures
from tests.bench.listing import compare_pages
from tests.bench.processes import CommandFailed
from tests.bench.requests import count_requests

GOODS, QUICK = 100_000, 1_000
NAMES = "; ".join(" ".join((f"{section}:", *keys)).rstrip(":") for section, keys in SECTIONS.items())


def arguments() -> argparse.Namespace:
    """Return what the command line asks for."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measure what torgsync costs; torgsync/docs/en/performance.md explains the figures.",
    )
    parser.add_argument(
        "what",
        nargs="?",
        choices=("figures", "requests", "listing"),
        default="figures",
        help="figures: time and memory; requests: what days ask of Prom.ua; listing: pages of the sandbox",
    )
    parser.add_argument("--goods", type=int, metavar="N", help=f"size of the export, else {GOODS:,}")
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} goods, one round")
    figures = parser.add_argument_group("figures")
    figures.add_argument("--rounds", type=int, default=5, metavar="N", help="of which the median counts; 5")
    figures.add_argument(
        "--only",
        action="append",
        choices=[name for section, keys in SECTIONS.items() for name in (section, *keys)],
        metavar="NAME",
        help=f"only these sections and rows; repeatable: {NAMES}",
    )
    figures.add_argument("--large", action="store_true", help="ten times as many goods, too; takes hours")
    figures.add_argument("--against", type=Path, metavar="DIR", help="measure this checkout too, in turn")
    figures.add_argument("--json", type=Path, metavar="FILE", help="write all rounds in seconds and bytes")
    figures.add_argument("--keep", type=Path, metavar="DIR", help="keep what is made there, to use it again")
    args = parser.parse_args()
    args.goods = args.goods or (QUICK if args.quick else GOODS)
    if args.goods < 100:
        parser.error("argument --goods: at least 100")
    if args.rounds < 1:
        parser.error("argument --rounds: at least 1")
    if args.against and not (args.against / "torgsync" / "__main__.py").is_file():
        parser.error(f"argument --against: no checkout of torgsync in {args.against}")
    return args


def measure_figures(args: argparse.Namespace) -> None:
    """Measure, print the tables, write the file."""
    rounds = 1 if args.quick else args.rounds
    trees = [args.against.resolve()] if args.against else []
    with tempfile.TemporaryDirectory() as temporary:
        folder = (args.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        figures = Figures(
            folder, [*trees, ROOT], goods=args.goods, rounds=rounds, only=args.only or (), large=args.large
        )
        figures.measure(lambda line: sys.stderr.write(f"{line}\n"))
    for line in figures.report():
        say(line)
    if args.json:
        figures.write(args.json)


def say(line: str) -> None:
    """Print a line."""
    print(line, flush=True)  # noqa: T201  # this is what it is for


def main() -> None:
    """Do what the command line asks for."""
    args = arguments()
    match args.what:
        case "requests":
            count_requests(args.goods, 3 if args.quick else 48, say)
        case "listing":
            compare_pages(100, args.goods, say)
        case _:
            try:
                measure_figures(args)
            except CommandFailed as failed:
                sys.exit(str(failed))


if __name__ == "__main__":
    main()
