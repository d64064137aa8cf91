"""`torgsync object add`: make a sync object from flags, from answers, or from both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from torgsync.cli.base.options import (
    BetweenOption,
    CenterOption,
    CreateClientsOption,
    DaysOption,
    FindByOption,
    InStockOption,
    PhotosUrlOption,
    TokenOption,
    WithPhotosOption,
)
from torgsync.cli.base.program import Program, program_of
from torgsync.errors import Exit, ObjectInvalid, TorgsyncError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from torgsync.cli.object.wizard import Answers


def add(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Any name.", metavar="NAME")] = None,
    api_key: TokenOption = None,
    api_key_env: Annotated[
        str | None,
        typer.Option("--api-key-env", help="Environment variable that holds the token.", metavar="NAME"),
    ] = None,
    keyring: Annotated[
        bool, typer.Option("--keyring", help="Keep the token in the system's keyring, not in a file.")
    ] = False,
    export: Annotated[
        Path | None, typer.Option("--export", help="The file that Torgsoft writes.", metavar="FILE")
    ] = None,
    group: Annotated[str | None, typer.Option("--group", help="Only this product group.")] = None,
    photos: Annotated[Path | None, typer.Option("--photos", help="The photo folder.", metavar="DIR")] = None,
    photos_url: PhotosUrlOption = None,
    find_by: FindByOption = None,
    create: CreateClientsOption = None,
    fetch_payments: Annotated[
        bool | None,
        typer.Option("--fetch-payments/--no-fetch-payments", help="Fetch Prom.ua's payment methods."),
    ] = None,
    center: CenterOption = None,
    only_in_stock: InStockOption = None,
    only_with_photos: WithPhotosOption = None,
    every: Annotated[
        str | None,
        typer.Option("--every", help="How often it is synchronised: 30m, 2h, 1d.", metavar="INTERVAL"),
    ] = None,
    between: BetweenOption = None,
    days: DaysOption = None,
    all_fields: Annotated[
        bool | None, typer.Option("--all-fields/--no-all-fields", help="Send every standard field.")
    ] = None,
    requests_per_second: Annotated[
        float | None, typer.Option("--requests-per-second", help="How fast Prom.ua is asked; 2 if not given.")
    ] = None,
) -> None:
    """Make a sync object. On a terminal, what is not given is asked, in the order of Torgsoft's tabs."""
    program = program_of(context)
    from torgsync.cli.object.wizard import Answers, complete

    if api_key and api_key_env:
        raise UsageError("give either `--api-key` or `--api-key-env`")
    if keyring and api_key_env:
        raise UsageError("give either `--keyring` or `--api-key-env`")
    if (between or days) and not every:
        raise UsageError("`--between` and `--days` belong to `--every`")
    given = Answers(
        name=name,
        token=api_key,
        token_env=api_key_env,
        export=export,
        group=group,
        photos=photos,
        photos_url=photos_url,
        find_by=find_by,
        create=create,
        fetch_payments=fetch_payments,
        centers=center,
        only_in_stock=only_in_stock,
        only_with_photos=only_with_photos,
        every=every,
        between=between,
        days=days,
        all_fields=all_fields,
    )
    raise typer.Exit(int(_make(program, complete(program, given), requests_per_second, keyring=keyring)))


def _make(program: Program, answers: Answers, pace: float | None, *, keyring: bool) -> Exit:
    """Write the object and its token, do what was asked besides, and say how it stands."""
    from torgsync.cli.object.check import print_check
    from torgsync.core.config.explain import explained, json_schema
    from torgsync.core.config.settings import SynchronizationTime
    from torgsync.files.config.objects import add_time, load_object, slugify, write_new
    from torgsync.files.config.tokens import keep_in_keyring, write_token
    from torgsync.jobs.config.check import check
    from torgsync.jobs.config.fields import add_standard_fields
    from torgsync.jobs.orders.payments import fetch_methods

    name, token = answers.name or "", answers.token
    slug = slugify(name)
    place = program.settings.objects / f"{slug}.toml"
    document = _document(answers, slug, pace, keyring=keyring)
    times = [_time(answers)] if answers.every else []
    _refuse_mistakes(document | {"synchronization_times": times})
    if token and keyring:
        keep_in_keyring(slug, token)
    remarks = {item.key: item.meaning for item in explained()}
    write_new(place, document, schema=json_schema(), remarks=remarks)
    if token and not keyring:
        write_token(program.settings.secrets / f"{slug}.token", token)
    for time in times:
        add_time(load_object(place), SynchronizationTime.model_validate(time))
    codes = []
    if answers.fetch_payments:
        with program.job(load_object(place)) as job:
            codes.append(_besides(program, lambda: fetch_methods(job)))
    if answers.all_fields:
        codes.append(_besides(program, lambda: add_standard_fields(load_object(place))))
    made = load_object(place)
    print_check(program, made, check(made, program.settings))
    program.notify(f"made `{place}`")
    if answers.every:
        program.notify("next: torgsync schedule install")
    following = f"update -o {made.called}" if made.settings.fields else f"fields add-all -o {made.called}"
    program.notify(f"next: torgsync {following}")
    return Exit.worst(codes)


def _besides(program: Program, work: Callable[[], object]) -> Exit:
    """Do what the new object can do without: its failure is told, and the object stays."""
    try:
        work()
    except TorgsyncError as trouble:
        program.notify(f"! {trouble.message}", style="warning")
        if trouble.hint:
            program.notify(f"hint: {trouble.hint}")
        return trouble.exit_code
    return Exit.DONE


def _document(answers: Answers, slug: str, pace: float | None, *, keyring: bool) -> dict[str, Any]:
    """Return the sync object as its file holds it, in the order of the tabs."""
    if answers.token_env:
        key = {"env": answers.token_env}
    else:
        key = {"keyring": slug} if keyring else {"file": f"../secrets/{slug}.token"}
    return {
        "name": answers.name,
        "category": "online-store",
        "via": "prom.ua",
        "api_key": key,
        **({"product_group": answers.group} if answers.group else {}),
        "catalog": _catalog(answers),
        "clients": {
            "find_by": answers.find_by or ["phone", "email"],
            "create": answers.create is not False,
        },
        "accounting_centers": {
            "use": answers.centers or [],
            "only_in_stock": bool(answers.only_in_stock),
            "only_with_photos": bool(answers.only_with_photos),
            "respect_display": True,
        },
        **({"limits": {"requests_per_second": pace}} if pace else {}),
    }


def _catalog(answers: Answers) -> dict[str, Any]:
    """Return the table of the export and its photos, with whole paths."""
    catalog: dict[str, Any] = {
        "path": str((answers.export or Path()).expanduser().absolute()),
        "languages": {"name": "uk", "both": True},
    }
    if answers.photos:
        folder = str(answers.photos.expanduser().absolute())
        catalog["photos"] = {"folder": folder, "url": answers.photos_url or ""}
    return catalog


def _time(answers: Answers) -> dict[str, Any]:
    """Return the synchronization time, that of this user on this computer."""
    from torgsync.jobs.config.schedule import myself, settings_of

    return settings_of(
        user=myself(), every=answers.every or "", between=answers.between, days=answers.days, only=None
    )


def _refuse_mistakes(document: dict[str, Any]) -> None:
    """Refuse what would not be read back, before anything is written."""
    from torgsync.core.config.settings import SyncObject
    from torgsync.core.config.validation import read_settings

    settings = read_settings(document, lambda _path: 0)
    if not isinstance(settings, SyncObject):
        raise ObjectInvalid("the sync object would not be valid", mistakes=tuple(settings))
