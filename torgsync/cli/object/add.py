"""`torgsync object add`: make a sync object from flags, from answers, or from both."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from torgsync.cli.base.commands import one_object
from torgsync.cli.base.options import (
    BetweenOption,
    CenterOption,
    CreateClientsOption,
    DaysOption,
    ExportEndpointOption,
    ExportOption,
    ExportPasswordOption,
    ExportUserOption,
    FindByOption,
    InStockOption,
    PhotosEndpointOption,
    PhotosPasswordOption,
    PhotosPublishOption,
    PhotosUrlOption,
    PhotosUserOption,
    TokenOption,
    WithPhotosOption,
)
from torgsync.cli.base.program import Program, program_of
from torgsync.cli.object.check import print_check
from torgsync.cli.object.trials import absolute, read_given_password, whole_place
from torgsync.core.config.accounts import map_command
from torgsync.errors import Exit, InvalidInput, TokenRefused, TorgsyncError, UsageError
from torgsync.i18n import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from torgsync.files.config.objects import ObjectFile
    from torgsync.files.photos.storage import StorageAccess
    from torgsync.jobs.config.check_view import CheckView
    from torgsync.jobs.config.objects import Answers


def add(
    context: typer.Context,
    name: Annotated[str | None, typer.Argument(help=_("Any name for the shop."), metavar="NAME")] = None,
    wanted: Annotated[
        str | None, typer.Option("-o", "--object", help=_("The same as NAME."), metavar="NAME")
    ] = None,
    api_key: TokenOption = None,
    api_key_env: Annotated[
        str | None,
        typer.Option("--api-key-env", help=_("Environment variable that holds the token."), metavar="NAME"),
    ] = None,
    keyring: Annotated[
        bool, typer.Option("--keyring", help=_("Keep the token in the system's keyring, not in a file."))
    ] = False,
    export: ExportOption = None,
    export_user: ExportUserOption = None,
    export_password: ExportPasswordOption = None,
    export_endpoint: ExportEndpointOption = None,
    group: Annotated[
        str | None, typer.Option("--group", help=_("Only items of this group."), metavar="GROUP")
    ] = None,
    photos: Annotated[
        Path | None, typer.Option("--photos", help=_("The photo folder."), metavar="DIR")
    ] = None,
    photos_url: PhotosUrlOption = None,
    photos_publish: PhotosPublishOption = None,
    photos_user: PhotosUserOption = None,
    photos_password: PhotosPasswordOption = None,
    photos_endpoint: PhotosEndpointOption = None,
    find_by: FindByOption = None,
    create: CreateClientsOption = None,
    fetch_payments: Annotated[
        bool | None,
        typer.Option(
            "--fetch-payments/--no-fetch-payments", help=_("Fetch the shop's payment methods from Prom.ua.")
        ),
    ] = None,
    center: CenterOption = None,
    only_in_stock: InStockOption = None,
    only_with_photos: WithPhotosOption = None,
    every: Annotated[
        str | None,
        typer.Option("--every", help=_("How often to synchronize: 30m, 2h, 1d."), metavar="INTERVAL"),
    ] = None,
    between: BetweenOption = None,
    days: DaysOption = None,
    notify: Annotated[
        str | None,
        typer.Option(
            "--notify",
            help=_("Address of messages about unattended runs; `-` reads it from standard input."),
            metavar="URL|-",
        ),
    ] = None,
    all_fields: Annotated[
        bool | None, typer.Option("--all-fields/--no-all-fields", help=_("Send every standard field."))
    ] = None,
    requests_per_second: Annotated[
        float | None,
        typer.Option(
            "--requests-per-second",
            help=_("Most requests to Prom.ua per second; 2 if not given."),
            metavar="N",
        ),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help=_("Do not ask; what is not given gets its default."))
    ] = False,
) -> None:
    """Create a sync object.

    On a terminal you are asked for what is not given, in the order of Torgsoft's tabs.
    """
    program = program_of(context)
    from torgsync.cli.object.messaging import read_given_address
    from torgsync.cli.object.wizard import complete
    from torgsync.jobs.config.objects import Answers

    if api_key and api_key_env:
        raise UsageError(_("give either `--api-key` or `--api-key-env`, not both"))
    if keyring and api_key_env:
        raise UsageError(_("give either `--keyring` or `--api-key-env`, not both"))
    if (between or days) and not every:
        raise UsageError(_("`--between` and `--days` need `--every`"))
    publishing = _publishing(photos_publish, photos_user, photos_password, photos_endpoint)
    given = Answers(
        name=one_object(context, name, wanted),
        token=api_key,
        token_env=api_key_env,
        export=_export(export, export_user, export_password, export_endpoint),
        group=group,
        photos=photos and absolute(str(photos)),
        photos_url=photos_url,
        publishing=publishing,
        find_by=find_by,
        create=create,
        fetch_payments=fetch_payments,
        centers=center,
        only_in_stock=only_in_stock,
        only_with_photos=only_with_photos,
        every=every,
        between=between,
        days=",".join(days) if days else None,
        notify=None if notify is None else read_given_address(notify),
        all_fields=all_fields,
    )
    answers = complete(program, given, asks=program.asks and not yes)
    raise typer.Exit(int(_make(program, answers, requests_per_second, keyring=keyring)))


def _export(
    place: str | None, user: str | None, password: str | None, endpoint: str | None
) -> StorageAccess | None:
    """Return where the export is, None where that was not given."""
    from torgsync.files.photos.storage import StorageAccess

    if place:
        return StorageAccess(whole_place(place), user, password and read_given_password(password), endpoint)
    if user or password or endpoint:
        raise UsageError(_("`--export-user`, `--export-password` and `--export-endpoint` need `--export`"))
    return None


def _publishing(
    place: str | None, user: str | None, password: str | None, endpoint: str | None
) -> StorageAccess | None:
    """Return where photos are published, None where that was not given."""
    from torgsync.files.photos.storage import StorageAccess

    if place:
        return StorageAccess(whole_place(place), user, password and read_given_password(password), endpoint)
    if user or password or endpoint:
        raise UsageError(
            _("`--photos-user`, `--photos-password` and `--photos-endpoint` need `--photos-publish`")
        )
    return None


def _make(program: Program, answers: Answers, pace: float | None, *, keyring: bool) -> Exit:
    """Write the object and its token, do what else was asked, and print its check."""
    from torgsync.jobs.config.check import check
    from torgsync.jobs.config.fields import add_standard_fields
    from torgsync.jobs.config.objects import create_object
    from torgsync.jobs.orders.payments import fetch_methods, keep_places

    path = create_object(program.settings, answers, pace, keyring=keyring)
    codes, refused = [], answers.token_refused
    if answers.fetch_payments and not refused:
        try:
            with program.job(program.load(path)) as job:
                codes.append(_attempt(program, lambda: fetch_methods(job)))
        except TokenRefused as error:
            refused = error
        codes.append(_attempt(program, lambda: keep_places(program.load(path), answers.payment_methods)))
    if answers.all_fields:
        codes.append(_attempt(program, lambda: add_standard_fields(program.load(path))))
    file = program.load(path)
    checked = check(
        file,
        program.settings,
        token_tried=answers.token_tried,
        token_refused=refused,
    )
    print_check(program, file, checked)
    program.notify(_("created `{path}`", path=path))
    if checked.failed:
        program.warn(_("nothing can be sent to Prom.ua before what has a ✗ above is mended"))
    first, *others = _next_steps(file, checked, scheduled=bool(answers.every))
    program.notify(_("next: {command}", command=first))
    for following in others:
        program.notify(_("then: {command}", command=following))
    return Exit.worst([*codes, *(line.exit_code for line in checked.errors)])


def _next_steps(file: ObjectFile, checked: CheckView, *, scheduled: bool) -> Iterator[str]:
    """Yield the commands that go on with a new object; one that cannot be used is mended first."""
    if checked.failed:
        yield from checked.cures
        yield f"torgsync object check {file.called}"
        return
    if scheduled:
        yield "torgsync schedule install"
    for method in file.settings.payment_methods:
        if not method.mapped and not method.gone:
            yield map_command(method.name, file.called)
    following = "update" if file.settings.fields else "fields add-all"
    yield f"torgsync {following} -o {file.called}"


def _attempt(program: Program, work: Callable[[], object]) -> Exit:
    """Do what a new object does not need: a failure is shown, and the object stays.

    What is wrong with the files of the object is reported by its check. Raises TokenRefused.
    """
    try:
        work()
    except TokenRefused:
        raise
    except InvalidInput as trouble:
        return trouble.exit_code
    except TorgsyncError as trouble:
        program.warn(trouble.message)
        if trouble.hint:
            program.hint(trouble.hint)
        return trouble.exit_code
    return Exit.DONE
