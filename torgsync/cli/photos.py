"""`torgsync photos`: the photos of items, whether they are fit, and whether Prom.ua can fetch them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from torgsync.cli.base.options import FormatOption, ObjectOption, separated
from torgsync.cli.base.program import Format, Program, program_of
from torgsync.cli.base.render import SCREENFUL, print_result, print_table
from torgsync.cli.messages.photos import address_message, flaw_message, hidden_message, picture_message, which
from torgsync.core.counts import megabytes, photo_count
from torgsync.errors import Exit, Interrupted, TorgsyncError
from torgsync.i18n import NOTHING, Message, _, _n, joined, verbatim

if TYPE_CHECKING:
    from torgsync.jobs.photos.check import ItemPhotos, PhotoCheck
    from torgsync.jobs.photos.checked import CheckedPhoto
    from torgsync.jobs.photos.clean import UnusedPhotos
    from torgsync.jobs.photos.publish import Publication

COLUMNS = (
    *("good_id", "file", "type", "width", "height", "bytes", "flaws", "address", "status", "fault"),
    "published",
)


class PhotoExtent(StrEnum):
    """Which photos a table shows."""

    PROBLEMS = "problems"
    ALL = "all"


def check(
    context: typer.Context,
    items: Annotated[
        list[str] | None, typer.Argument(help=_("Only these items."), metavar="ITEM", callback=separated)
    ] = None,
    show: Annotated[
        PhotoExtent, typer.Option("--show", help=_("Photos with something to mend, or all."))
    ] = PhotoExtent.PROBLEMS,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Check the photos of every item.

    It shows whether they open and are fit, and whether Prom.ua can fetch them. Only the server that the sync
    object names is asked, and no photo is fetched from it. The exit code is 8 where buyers will miss a photo.
    """
    program = program_of(context, output)
    from torgsync.jobs.catalog.goods import good_named
    from torgsync.jobs.photos.check import check_photos

    file = program.object(wanted)
    with program.job(file) as job:
        found = check_photos(job, [good_named(job, item) for item in items or ()])
    program.hide_progress()
    documents = [_document(item) for item in found.items]
    print_result(
        output,
        ({"good_id": item["good_id"], **photo} for item in documents for photo in item["photos"]),
        lambda: _print_check(program, found, show, file.called),
        columns=COLUMNS,
        head={"object": file.settings.name},
        lists={"items": documents, "unused": found.unused},
        tail={"not_asked": found.not_asked or None},
    )
    if any(photo.is_bad for item in found.items for photo in item.photos):
        raise typer.Exit(Exit.HELD)


def publish(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only show what would be published."))] = False,
    again: Annotated[
        bool, typer.Option("--again", help=_("Publish all of them again, where they were lost."))
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))] = False,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Publish the photos of items now, where the sync object says.

    `sync` does the same for the photos that it needs. Each picture is put there once; what is there stays.
    """
    program = program_of(context, output)
    from torgsync.jobs.photos.publish import pending_of_items
    from torgsync.jobs.photos.publish import publish as upload

    file = program.object(wanted)
    command = f"torgsync photos publish -o {file.called}{' --again' if again else ''}"
    with program.job(file) as job:
        photos = pending_of_items(job, again=again)
        if photos.lost:
            raise photos.lost
        program.hide_progress()
        count, size = len(photos.pending), photos.pending_size
        if program.settings.hides(job.object, job.object.photos_url):
            program.warn(hidden_message(job.object.photos_url))
        if not dry_run:
            if count:
                program.require_decision(yes, f"{command} --dry-run", f"{command} --yes", "publish")
                _confirm(program, photos, yes=yes)
            try:
                with job.stop.handling_signals():
                    upload(job, photos)
            except Interrupted as stopped:
                stopped.hint = _left_message(photos, count)
                raise
            program.hide_progress()
    failed = [{"picture": name, "why": error.message} for name, error in photos.failed.items()]
    head = {
        "object": file.settings.name,
        "place": photos.place,
        "pending": count,
        "bytes": size,
        "published": photos.uploaded,
        "published_bytes": photos.size,
    }
    shown = _complete_message(photos)
    if count and dry_run:
        shown = _pending_message(photos)
    elif count:
        shown = _published_message(photos)
    if photos.unfit:
        shown = joined("; ", (shown, _unfit_message(photos, file.called)))
    print_result(
        output,
        [head],
        lambda: program.print(shown),
        columns=tuple(head),
        head=head,
        lists={"failed": failed, "unfit": photos.unfit},
    )
    if photos.failed:
        error = next(iter(photos.failed.values()))
        raise TorgsyncError(error.message, hint=error.hint)


def _confirm(program: Program, photos: Publication, *, yes: bool) -> None:
    """Say what is to be published, and end where the person does not want it."""
    program.notify(_pending_message(photos))
    if not (yes or program.confirm(_("Publish them?"))):
        program.notify(_("nothing was published"))
        raise typer.Exit(Exit.ERROR)


def clean(
    context: typer.Context,
    dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only show what would be removed."))] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help=_("Do not ask."))] = False,
    wanted: ObjectOption = None,
    output: FormatOption = Format.TABLE,
) -> None:
    """Remove published photos that nothing has used for 30 days.

    Only what torgsync put there itself is removed, and nothing that an item, a product on Prom.ua, a pending
    plan or a run that can be rolled back has.
    """
    program = program_of(context, output)
    from torgsync.jobs.photos.clean import clean as remove
    from torgsync.jobs.photos.clean import unused_photos

    file = program.object(wanted)
    with program.job(file) as job:
        found = unused_photos(job)
        program.hide_progress()
        count, size = len(found.unused), sum(found.unused.values())
        asked = _n(
            "{count} picture ({size}) on `{place}` is used by nothing",
            "{count} pictures ({size}) on `{place}` are used by nothing",
            count,
            size=megabytes(size),
            place=found.place,
        )
        if count and not dry_run:
            again = f"torgsync photos clean -o {file.called}"
            program.require_decision(yes, f"{again} --dry-run", f"{again} --yes", "remove")
            for name in found.unused:
                files = ", ".join(found.files.get(name, ()))
                program.notify(verbatim(f"{files}  ({name})" if files else name))
            program.notify(asked)
            if not (yes or program.confirm(_("Remove them?"))):
                program.notify(_("nothing was removed"))
                raise typer.Exit(Exit.ERROR)
        if not dry_run:
            with job.stop.handling_signals():
                remove(job, found)
            program.hide_progress()
    head = {"object": file.settings.name, "place": found.place, "unused": count, "bytes": size}
    head |= {"removed": found.removed, "waiting": found.waiting}
    print_result(
        output,
        [head],
        lambda: program.print(asked if count and dry_run else _cleaned_message(found)),
        columns=tuple(head),
        head=head,
        lists={"pictures": list(found.unused)},
    )
    if found.failed:
        raise found.failed


def _cleaned_message(found: UnusedPhotos) -> Message:
    removed = _n("{count} picture was removed", "{count} pictures were removed", found.removed)
    if not found.unused:
        removed = _("there is nothing to remove on `{place}`", place=found.place)
    waiting = _n(
        "{count} more is used by nothing and stays for 30 days",
        "{count} more are used by nothing and stay for 30 days",
        found.waiting,
    )
    return joined("; ", (removed, waiting)) if found.waiting else removed


def _pending_message(photos: Publication) -> Message:
    return _n(
        "{count} picture ({size}) is to be published on `{place}`",
        "{count} pictures ({size}) are to be published on `{place}`",
        len(photos.pending),
        size=megabytes(photos.pending_size),
        place=photos.place,
    )


def _left_message(photos: Publication, count: int) -> Message:
    """Return what remains of an upload that was stopped: what is there stays, the rest follows."""
    return _n(
        "{done} of {count} picture is published; the next run publishes the rest",
        "{done} of {count} pictures are published; the next run publishes the rest",
        count,
        done=photos.uploaded,
    )


def _complete_message(photos: Publication) -> Message:
    """Return that there is nothing to publish."""
    if not photos.unfit:
        return _("all photos are published on `{place}`", place=photos.place)
    return _n(
        "{count} picture is published on `{place}`",
        "{count} pictures are published on `{place}`",
        photos.shown,
        place=photos.place,
    )


def _unfit_message(photos: Publication, called: str) -> Message:
    return _n(
        "{count} photo cannot be published: {command}",
        "{count} photos cannot be published: {command}",
        len(photos.unfit),
        command=f"torgsync photos check -o {called}",
    )


def _published_message(photos: Publication) -> Message:
    done = _n(
        "{count} picture ({size}) was published on `{place}`",
        "{count} pictures ({size}) were published on `{place}`",
        photos.uploaded,
        size=megabytes(photos.size),
        place=photos.place,
    )
    if not photos.failed:
        return done
    return joined(
        "; ", (done, _n("{count} was not published", "{count} were not published", len(photos.failed)))
    )


def _document(item: ItemPhotos) -> dict[str, Any]:
    photos = [_photo(photo) for photo in item.photos]
    return {"good_id": item.good_id, "title": item.title, "photos": photos}


def _photo(photo: CheckedPhoto) -> dict[str, object]:
    facts, answer = photo.facts, photo.answer
    return {
        "file": photo.file,
        "type": facts and str(facts.type),
        "width": facts and facts.width,
        "height": facts and facts.height,
        "bytes": facts and facts.size,
        "flaws": [str(flaw) for flaw in photo.flaws],
        "address": photo.address or None,
        "published": photo.published,
        "status": answer and answer.status,
        "fault": photo.fault,
    }


def _print_check(program: Program, found: PhotoCheck, show: PhotoExtent, called: str) -> None:
    faulty = [photo for item in found.items for photo in item.photos if photo.fault and not photo.flaws]
    counts = Counter(photo.fault for photo in faulty)
    folded = set() if show is PhotoExtent.ALL else {fault for fault in counts if counts[fault] > SCREENFUL}
    rows = [
        (item.good_id, photo.file, picture_message(photo.facts, photo.flaws), joined("; ", _troubles(photo)))
        for item in found.items
        for photo in item.photos
        if show is PhotoExtent.ALL or photo.flaws or (photo.fault and photo.fault not in folded)
    ]
    if rows:
        print_table(program, (_("item"), _("photo"), _("picture"), _("to mend")), rows)
        program.print()
    for fault in sorted(folded, key=str):
        program.print(_folded_message(next(photo for photo in faulty if photo.fault is fault), counts[fault]))
    for line in _totals(found, called):
        program.print(line)


def _folded_message(photo: CheckedPhoto, count: int) -> Message:
    """Return what is wrong with many addresses in the same way."""
    what = address_message(photo.fault, photo.answer, count) if photo.answer and photo.fault else NOTHING
    return _(
        "{photos}: {what}, for example `{address}`; `--show all` lists them",
        photos=photo_count(count),
        what=what,
        address=photo.address,
    )


def _totals(found: PhotoCheck, called: str) -> Iterator[Message]:
    sent = [[photo for photo in item.photos if photo.address] for item in found.items]
    yield _n(
        "{count} item with {photos}; {bare} without a photo",
        "{count} items with {photos}; {bare} without a photo",
        len(found.items),
        photos=photo_count(sum(map(len, sent))),
        bare=sum(not photos for photos in sent),
    )
    if waiting := sum(photo.published is False for photos in sent for photo in photos):
        yield _n(
            "{count} photo is not published yet: {command}",
            "{count} photos are not published yet: {command}",
            waiting,
            command=f"torgsync photos publish -o {called}",
        )
    if found.unused:
        yield _n(
            "{count} photo belongs to no item: {which}",
            "{count} photos belong to no item, {which}",
            len(found.unused),
            which=which(found.unused[0], len(found.unused)),
        )
    if found.not_asked and not found.private:
        yield _(
            "only addresses with `http://` and `https://` are asked: `{address}`", address=found.not_asked
        )
    elif found.private:
        yield _("{hidden}; it was not asked", hidden=hidden_message(found.not_asked))


def _troubles(photo: CheckedPhoto) -> Iterator[Message]:
    yield from map(flaw_message, photo.flaws)
    if photo.facts and not photo.address:
        yield _("not published")
    elif photo.published is False and photo.address:
        yield _("not published yet")
    if photo.answer and photo.fault:
        yield address_message(photo.fault, photo.answer)
