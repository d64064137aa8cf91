"""The single questions about a new sync object, and what is shown of their answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from pathlib import Path
from typing import TYPE_CHECKING

from torgsync.cli.interview.questions import Interview, Option, in_two, until_works
from torgsync.cli.object.draft import NEEDED, NewObject, WizardStep
from torgsync.cli.object.exporting import ask_export
from torgsync.cli.object.messaging import ask_notify, shown_address
from torgsync.cli.object.publishing import address_question, ask_publishing, place_words
from torgsync.cli.object.trials import (
    TOKEN,
    absolute,
    refuse_address,
    refuse_hours,
    refuse_name,
    try_export,
    try_photos,
    try_token,
)
from torgsync.core.config.schedule import interval_words, read_step
from torgsync.core.config.sources import shown_source
from torgsync.core.config.storages import kind_of
from torgsync.core.counts import item_count, piece_count
from torgsync.core.text import listed
from torgsync.errors import TokenRefused, TorgsyncError
from torgsync.i18n import Message, _, composed
from torgsync.jobs.config.objects import Answers

if TYPE_CHECKING:
    from torgsync.jobs.config.contents import ExportContents, Portion


def _name(person: Interview, draft: NewObject) -> None:
    def ask(before: str) -> str:
        return person.text(_("Name of the object"), before or draft.answers.name or "My Prom")

    draft.set(name=until_works(person, ask, lambda name: refuse_name(draft.program, name)))


def _token(person: Interview, draft: NewObject) -> None:
    """Ask for the token without showing it, until Prom.ua accepts it or the person keeps it anyway."""
    accepted, refused = False, None

    def trial(token: str) -> Message | None:
        nonlocal accepted, refused
        person.say(_("trying the token on Prom.ua…"))
        accepted, refused = False, None
        try:
            accepted, notice = try_token(draft.program, draft.answers.name or "", token)
        except TokenRefused as error:
            refused = TokenRefused(error.message)  # what to do is another thing once the object is there
            raise
        if not accepted:
            person.warn(notice)
        return notice if accepted else None

    def ask(_before: str) -> str:
        return person.secret(TOKEN)

    token = until_works(person, ask, trial, draft.take_given("token"))
    draft.set(token=token, token_tried=accepted, token_refused=refused)
    draft.methods = None


def _contents(draft: NewObject) -> ExportContents | None:
    """Return the contents of the export, also of one that was given as an option."""
    given = draft.given.export
    if draft.contents is None and given and not kind_of(given.place):  # else its own step fetches it
        try:
            draft.contents, _notice = try_export(given, draft.answers.name or "")
        except TorgsyncError:  # the check of the object reports it
            return None
    return draft.contents


def _group(person: Interview, draft: NewObject) -> None:
    contents = _contents(draft)
    everything = Option("", _("all groups"))
    question = _("Which product group goes to Prom.ua")
    if contents is None or contents.groups:
        rows = contents.groups.items() if contents else ()
        choices = [everything, *(Option(name, _share_title(name, share)) for name, share in rows)]
        if contents is None:
            choices.append(Option("?", _("one group")))
        chosen = person.choose(question, choices, draft.answers.group or "")
        draft.set(group=person.text(_("Name of the group")) if chosen == "?" else chosen or None)


def _photos(person: Interview, draft: NewObject) -> None:
    choices = (
        Option(value=False, title=_("leave photos on Prom.ua as they are")),
        Option(value=True, title=_("send photos from a folder")),
    )

    def ask_folder(chosen: bool, given: str = "") -> Path | None:
        if not chosen:
            return None

        def ask(before: str) -> str:
            return person.path(_("Photo folder"), before or str(draft.answers.photos or ""), folder=True)

        return absolute(until_works(person, ask, try_photos, given))

    had = draft.answers.photos is not None

    def ask_whether() -> bool:
        return person.choose(_("Photos"), choices, had)

    if given := draft.take_given("photos"):
        draft.set(photos=ask_folder(True, given))
    else:
        draft.set(photos=in_two(ask_whether, ask_folder))
    if draft.answers.photos is None:
        draft.set(photos_url=draft.given.photos_url)


def _photos_url(person: Interview, draft: NewObject) -> None:
    question = address_question(person, draft.answers.publishing)
    default = draft.answers.photos_url or ""
    typed = until_works(person, lambda before: person.text(question, before or default), refuse_address)
    draft.set(photos_url=typed)


_WAYS = {"phone": _("by phone"), "email": _("by email"), "name": _("by name")}
_ORDERS = ("phone email", "email phone", "phone", "email", "phone email name", "email phone name", "name")


def _ways(ways: Sequence[str]) -> Message:
    words = [_WAYS[way] for way in ways]
    return reduce(lambda one, other: _("{one}, then {other}", one=one, other=other), words)


def _find_by(person: Interview, draft: NewObject) -> None:
    choices = [Option(words, _ways(words.split())) for words in _ORDERS]
    default = " ".join(draft.answers.find_by or ["phone", "email"])
    question = _("How to find a buyer among the clients")
    draft.set(find_by=person.choose(question, choices, default).split())


def _fetch(person: Interview, draft: NewObject) -> None:
    question = _("Fetch the payment methods of Prom.ua")
    draft.set(fetch_payments=person.agrees(question, default=draft.answers.fetch_payments is not False))


def _centers(person: Interview, draft: NewObject) -> None:
    contents = _contents(draft)
    question = _("Centers whose stock is for sale")
    chosen = draft.answers.centers or []
    if contents is None:
        every = Option("", _ALL_CENTERS)
        typed = Option("?", _("some of them"))
        if person.choose(_("Accounting centers"), (every, typed), "") == "?":
            draft.set(centers=listed(person.text(_("Numbers of the centers, with commas"))))
        else:
            draft.set(centers=[])
    elif contents.centers:
        rows = contents.centers.items()
        choices = [Option(center, _share_title(center, share), center) for center, share in rows]
        draft.set(centers=person.choose_many(question, choices, chosen, _ALL_CENTERS))


_ALL_CENTERS = _("all together")


def _agree(key: str, question: Message, *, default: bool) -> Callable[[Interview, NewObject], None]:
    """Return the function that asks a yes or no."""

    def ask(person: Interview, draft: NewObject) -> None:
        had = getattr(draft.answers, key)
        draft.set(**{key: person.agrees(question, default=default if had is None else had)})

    return ask


def _every(person: Interview, draft: NewObject) -> None:
    choices = (
        Option("", _("no, only when someone runs it")),
        *(Option(step, interval_words(step)) for step in ("30m", "1h", "2h", "1d")),
        Option("?", _("another interval")),
    )

    def ask_other(chosen: str) -> str | None:
        if chosen != "?":
            return chosen or None
        default = draft.answers.every or "3h"
        question = _("Interval, such as 45m, 3h or 1d")
        return until_works(person, lambda before: person.text(question, before or default), read_step)

    had = draft.answers.every or ""
    default = had if had in [one.value for one in choices] else "?"
    question = _("Synchronize on a schedule")
    draft.set(every=in_two(lambda: person.choose(question, choices, default), ask_other))
    if draft.answers.every is None:
        draft.set(between=None, notify=draft.given.notify)


def _between(person: Interview, draft: NewObject) -> None:
    choices = (Option("", _("all day")), Option("?", _("between two hours")))

    def ask_hours(chosen: str) -> str | None:
        if not chosen:
            return None
        default = draft.answers.between or "08:00-21:00"
        return until_works(person, lambda before: person.text(_("Hours"), before or default), refuse_hours)

    had = "?" if draft.answers.between else ""
    draft.set(between=in_two(lambda: person.choose(_("At which hours"), choices, had), ask_hours))


def _share_title(name: str, share: Portion) -> Message:
    return composed(
        "{indent}{name}  ({items}, {pieces})",
        indent="  " * share.depth,
        name=name,
        items=item_count(share.items),
        pieces=piece_count(int(share.pieces)),
    )


def _step(
    key: str,
    tab: int,
    label: Message,
    ask: Callable[[Interview, NewObject], None],
    shown: Callable[[Answers], object],
    *,
    when: Callable[[NewObject], object] = lambda _draft: True,
    then: tuple[str, ...] = (),
    tried: bool = False,
) -> WizardStep:
    """Return a step that is asked where no option gave its answer."""

    def in_summary(draft: NewObject) -> str:
        value = shown(draft.answers)
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        return value if isinstance(value, Message) else str(value or "")

    def applies(draft: NewObject) -> bool:
        given = getattr(draft.given, key)
        missing = not given if key in NEEDED else given is None
        return missing and bool(when(draft))

    return WizardStep(
        key,
        tab,
        lambda _draft: label,
        ask,
        in_summary,
        applies,
        then,
        tried,
    )


STEPS: tuple[WizardStep, ...] = (
    _step("name", 1, _("Name"), _name, lambda given: given.name),
    _step(
        "token",
        1,
        _("Token"),
        _token,
        lambda given: (
            _("Prom.ua accepts it")
            if given.token_tried
            else _("Prom.ua refused it")
            if given.token_refused
            else _("not tried")
        ),
        when=lambda draft: not draft.given.token_env,
        then=("fetch_payments",),
        tried=True,
    ),
    _step(
        "export",
        1,
        _("Export"),
        ask_export,
        lambda given: given.export and shown_source(given.export.place),
        then=("group", "centers"),
        tried=True,
    ),
    _step(
        "group",
        1,
        _("Product group"),
        _group,
        lambda given: given.group or _("all groups"),
        when=lambda draft: (contents := _contents(draft)) is None or contents.groups,
    ),
    _step(
        "photos",
        1,
        _("Photos"),
        _photos,
        lambda given: given.photos or _("stay as they are"),
        then=("publishing", "photos_url"),
        tried=True,
    ),
    _step(
        "publishing",
        1,
        _("Photos are published"),
        ask_publishing,
        lambda given: given.photos and place_words(given.publishing),
        when=lambda draft: draft.answers.photos and not draft.given.photos_url,
        then=("photos_url",),
        tried=True,
    ),
    _step(
        "photos_url",
        1,
        _("Address of the photos"),
        _photos_url,
        lambda given: given.photos_url,
        when=lambda draft: draft.answers.photos,
    ),
    _step(
        "find_by", 2, _("Buyers are found"), _find_by, lambda given: given.find_by and _ways(given.find_by)
    ),
    _step(
        "create",
        2,
        _("Create missing clients"),
        _agree("create", _("Create a client for a buyer who is not found"), default=True),
        lambda given: given.create,
    ),
    _step(
        "fetch_payments",
        3,
        _("Fetch payment methods"),
        _fetch,
        lambda given: given.fetch_payments,
        then=("fetch_payments",),
    ),
    _step(
        "centers",
        4,
        _("Accounting centers"),
        _centers,
        lambda given: ", ".join(given.centers or ()) or _ALL_CENTERS,
        when=lambda draft: (contents := _contents(draft)) is None or contents.centers,
    ),
    _step(
        "only_in_stock",
        4,
        _("Only items in stock"),
        _agree("only_in_stock", _("Send only items in stock"), default=False),
        lambda given: given.only_in_stock,
    ),
    _step(
        "only_with_photos",
        4,
        _("Only items with photos"),
        _agree("only_with_photos", _("Send only items with photos"), default=False),
        lambda given: given.only_with_photos,
    ),
    _step(
        "every",
        5,
        _("Schedule"),
        _every,
        lambda given: interval_words(given.every) if given.every else _("only when someone runs it"),
        then=("between", "notify"),
    ),
    _step(
        "between",
        5,
        _("Hours"),
        _between,
        lambda given: given.between or (_("all day") if given.every else ""),
        when=lambda draft: draft.answers.every and not draft.given.every,
    ),
    _step(
        "notify",
        5,
        _("Messages go to"),
        ask_notify,
        lambda given: shown_address(given.notify) if given.every else "",
        when=lambda draft: draft.answers.every,
    ),
    _step(
        "all_fields",
        6,
        _("Standard fields"),
        _agree("all_fields", _("Send every standard field that the export has"), default=True),
        lambda given: given.all_fields,
    ),
)
"""All questions but those about single payment methods, in the order of the tabs."""
