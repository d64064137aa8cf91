"""Opens a sandbox from a scenario, options of the command line, and the file of an earlier one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from torgsync.core.text import message_of
from torgsync.disk import read_text
from torgsync.errors import Mistake, NamedFileInvalid, UsageError
from torgsync.files.config.objects import mistakes_in
from torgsync.files.config.text_files import TomlLines, parse_toml
from torgsync.i18n import _
from torgsync.sandbox.faults import Fault, parse_fault
from torgsync.sandbox.quirks import Rights
from torgsync.sandbox.scenario import TOKEN_WORDS, Filling, Scenario, read_quirks, read_scenario
from torgsync.sandbox.shop.filling import fill
from torgsync.sandbox.shop.persistence import Persistence
from torgsync.sandbox.shop.shop import KEPT_RECORDS, Shop
from torgsync.sandbox.shop.shops import Shops
from torgsync.system import reason

LEAST_RECORDS = 1_000
"""How many requests the log of each shop keeps at least."""
HELP = _("see `torgsync sandbox --help`")


@dataclass(frozen=True, kw_only=True)
class SandboxOptions:
    """Options of the command line; they override the scenario.

    `quirks` are texts such as `last_id=inclusive`, `faults` rules such as `POST products/edit* nth=2 429`.
    `products` and `import_seconds` are None where not given. `shops` is how many there are; each
    has a token.
    """

    scenario: Path | None = None
    quirks: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    tokens: tuple[str, ...] = ()
    read_only_tokens: tuple[str, ...] = ()
    expired_tokens: tuple[str, ...] = ()
    products: int | None = None
    import_seconds: float | None = None
    keep: Path | None = None
    shops: int | None = None


@contextmanager
def open_sandbox(options: SandboxOptions) -> Iterator[Shop]:
    """Yield the shop; with `keep` it is written to its file at the end.

    Raises NamedFileInvalid for a scenario with mistakes, UsageError for invalid options, TorgsyncError for a
    file that cannot be the shop's.
    """
    scenario = read_options(options)
    shop = Shop(tokens=scenario.tokens or None, quirks=scenario.quirks, faults=scenario.faults)
    persistence = Persistence(shop, options.keep) if options.keep else None
    try:
        # A kept shop that has its goods already must not grow with every start.
        if not shop.products():
            fill(shop, scenario.shop.products, scenario.shop.seed)
            shop.save()
        yield shop
    finally:
        if persistence:
            persistence.close()


def open_shops(options: SandboxOptions) -> Shops:
    """Return as many shops as the options say, each with the goods, quirks and faults of the scenario.

    Each is filled when it is asked for first, with goods of its own. Raises like `open_sandbox`.
    """
    scenario = read_options(options)
    count = options.shops or 1
    if scenario.tokens.keys() != {"sandbox"}:
        raise UsageError(
            _("with `--shops` each shop has one token, which the sandbox gives it"),
            hint=_("leave out the other tokens: torgsync sandbox --shops {count}", count=count),
        )
    if options.keep:
        raise UsageError(
            _("`--keep` keeps one shop, not many"),
            hint=_("leave it out: torgsync sandbox --shops {count}", count=count),
        )

    def make(number: int, token: str) -> Shop:
        shop = Shop(
            tokens={token: Rights.full()},
            quirks=scenario.quirks,
            faults=scenario.faults,
            number=number,
            kept_records=max(KEPT_RECORDS // count, LEAST_RECORDS),
        )
        fill(shop, scenario.shop.products, scenario.shop.seed + number)
        return shop

    return Shops(count, make)


def read_options(options: SandboxOptions) -> Scenario:
    """Return the scenario of the options; raises like `open_sandbox`."""
    return _extended(load_scenario(options.scenario) if options.scenario else Scenario(), options)


def load_scenario(path: Path) -> Scenario:
    """Read a scenario. Raises NamedFileInvalid with every mistake and its line."""
    try:
        text = read_text(path)
    except FileNotFoundError as missing:
        raise NamedFileInvalid(_("there is no scenario `{path}`", path=path), hint=HELP) from missing
    except (OSError, UnicodeDecodeError) as trouble:
        why = reason(trouble) if isinstance(trouble, OSError) else _("it is not UTF-8 text")
        message = _("the scenario `{path}` cannot be read: {why}", path=path, why=why)
        raise NamedFileInvalid(message, hint=HELP) from trouble
    data = parse_toml(text)
    if isinstance(data, Mistake):
        raise _invalid(path, [data])
    scenario = read_scenario(data, TomlLines(text).of)
    if isinstance(scenario, list):
        raise _invalid(path, scenario)
    return scenario


def _invalid(path: Path, mistakes: list[Mistake]) -> NamedFileInvalid:
    return NamedFileInvalid(mistakes_in(path, mistakes), mistakes=tuple(mistakes))


def _extended(scenario: Scenario, options: SandboxOptions) -> Scenario:
    """Return a scenario extended by options. Raises UsageError for invalid ones."""
    try:
        quirks = read_quirks(scenario.quirks, options.quirks)
    except ValueError as wrong:
        raise UsageError(_("`--manner`: {why}", why=message_of(wrong)), hint=HELP) from wrong
    if options.import_seconds is not None:
        quirks = replace(quirks, import_seconds=options.import_seconds)
    products = scenario.shop.products if options.products is None else options.products
    return Scenario(
        shop=Filling(products=products, seed=scenario.shop.seed),
        tokens=_tokens(scenario, options),
        quirks=quirks,
        faults=(*_faults(options.faults), *scenario.faults),
    )


def _faults(texts: Iterable[str]) -> Iterator[Fault]:
    for text in texts:
        try:
            yield parse_fault(text)
        except ValueError as wrong:
            message = _('`--fault "{rule}"`: {why}', rule=text, why=message_of(wrong))
            raise UsageError(message, hint=HELP) from wrong


def _tokens(scenario: Scenario, options: SandboxOptions) -> dict[str, Rights]:
    """Return the rights by token. Without any that may write, the shop's own `sandbox` may do everything."""
    tokens = dict(scenario.tokens)
    for word, named in (
        ("write", options.tokens),
        ("read", options.read_only_tokens),
        ("expired", options.expired_tokens),
    ):
        for token in named:
            if not re.fullmatch(r"[\x21-\x7e]+", token):
                raise UsageError(
                    _("a token is empty or has characters that are not possible in a token"), hint=HELP
                )
            tokens[token] = TOKEN_WORDS[word]
    if not scenario.tokens and not options.tokens:
        tokens.setdefault("sandbox", TOKEN_WORDS["write"])
    return tokens
