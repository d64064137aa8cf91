"""Measure torgsync: `python -m tests.bench --help`."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from tests.bench import ROOT
from tests.bench.figures import SECTIONS, Figures
from tests.bench.fleet import FEW, measure_fleet
from tests.bench.listing import compare_pages
from tests.bench.processes import CommandFailed
from tests.bench.requests import count_requests
from torgsync.errors import Exit

GOODS, QUICK, ROUNDS = 100_000, 1_000, 5
SHOPS, MINUTES = 300, 5
NAMES = "; ".join(" ".join((f"{section}:", *keys)).rstrip(":") for section, keys in SECTIONS.items())


def at_least(least: int) -> Callable[[str], int]:
    """Return what reads a whole number that is not smaller."""

    def number(text: str) -> int:
        if (read := int(text)) < least:
            raise argparse.ArgumentTypeError(f"at least {least}")
        return read

    return number


def arguments() -> argparse.Namespace:
    """Return what the command line asks for; what cannot be written is found out before it is measured."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.bench",
        description="Measure what torgsync costs; torgsync/docs/en/performance.md explains the figures.",
    )
    parser.add_argument(
        "what",
        nargs="?",
        choices=("figures", "requests", "listing", "fleet"),
        default="figures",
        help="figures: time and memory; requests: what days ask of Prom.ua; listing: pages of the sandbox; "
        "fleet: many shops, two workers, PostgreSQL",
    )
    parser.add_argument(
        "--goods", type=at_least(100), metavar="N", help=f"size of the export, else {GOODS:,}"
    )
    parser.add_argument("--quick", action="store_true", help=f"{QUICK:,} goods, one round")
    figures = parser.add_argument_group("figures")
    figures.add_argument(
        "--rounds", type=at_least(1), metavar="N", help=f"of which the median counts, else {ROUNDS}"
    )
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
    fleet = parser.add_argument_group("fleet")
    fleet.add_argument("--shops", type=at_least(1), metavar="N", help=f"how many, else {SHOPS}")
    fleet.add_argument(
        "--minutes", type=at_least(1), metavar="N", help=f"interval of their schedules, else {MINUTES}"
    )
    args = parser.parse_args()
    for name in ("rounds", "only", "large", "against", "json", "keep"):
        if args.what != "figures" and getattr(args, name):
            parser.error(f"argument --{name}: `{args.what}` has no such option")
    for name in ("shops", "minutes"):
        if args.what != "fleet" and getattr(args, name):
            parser.error(f"argument --{name}: `{args.what}` has no such option")
    args.shops = args.shops or (FEW if args.quick else SHOPS)
    args.minutes = args.minutes or (1 if args.quick else MINUTES)
    args.goods = args.goods or (QUICK if args.quick else GOODS)
    args.rounds = args.rounds or (1 if args.quick else ROUNDS)
    if args.json and (args.json.is_dir() or not args.json.parent.is_dir()):
        parser.error(f"argument --json: {args.json} cannot be written")
    if args.keep and args.keep.exists() and not args.keep.is_dir():
        parser.error(f"argument --keep: {args.keep} is no folder")
    if args.against and not (args.against / "torgsync" / "__main__.py").is_file():
        parser.error(f"argument --against: no checkout of torgsync in {args.against}")
    return args


def measure_figures(args: argparse.Namespace) -> None:
    """Measure, print the tables, write the file."""
    trees = [args.against.resolve()] if args.against else []
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as temporary:
        folder = (args.keep or Path(temporary)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        figures = Figures(
            folder,
            [*trees, ROOT],
            goods=args.goods,
            rounds=args.rounds,
            only=args.only or (),
            large=args.large,
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
    try:
        match args.what:
            case "requests":
                count_requests(args.goods, 3 if args.quick else 48, say)
            case "fleet":
                measure_fleet(args.shops, args.minutes, say)
            case "listing":
                compare_pages(100, args.goods, say)
            case _:
                measure_figures(args)
    except CommandFailed as failed:
        sys.exit(str(failed))
    except KeyboardInterrupt:
        sys.stderr.write("stopped\n")
        sys.exit(Exit.INTERRUPTED)


if __name__ == "__main__":
    main()
