"""Sends all import work of a run as one file, waits for it, and settles it by reading products back.

An import is spent only where it is needed, counts as used from the moment it is written down, and is never
repeated before products were read back. Source: docs/developers/prom-api.md §4, §11 Q5, Q6, Q11.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from torgsync.core.clock import SHOP_ZONE
from torgsync.core.paging import PAGE, pages
from torgsync.core.plan.channels import (
    FREE_AFTER,
    IMPORT_DEADLINE,
    IMPORT_WINDOW,
    LOOK_AFTER,
    OVERLAP,
    ImportState,
    poll_times,
    says_another_runs,
    updated_fields,
)
from torgsync.core.plan.decide import ProductSnapshot
from torgsync.core.plan.diff import Verb, keeps
from torgsync.core.plan.rollback import imported
from torgsync.core.product.fields import Channel
from torgsync.core.product.group_tree import Steps, grow
from torgsync.core.product.products import Existing, Product
from torgsync.errors import AnswerLost, PromRefused, Temporary, TorgsyncError
from torgsync.jobs.context import JobContext, Progress, Stage
from torgsync.jobs.push.edits import Editor, edit_of, fix_up
from torgsync.jobs.push.import_results import (
    DESCRIPTIONS,
    Ended,
    Settled,
    accepted_of,
    arrived,
    is_blank,
    remarks_of,
    settle_missing,
    settle_update,
    told_of_cuts,
    without_moderation,
)
from torgsync.jobs.push.offers import as_it_is, desired_offer, offer_of, turned_back
from torgsync.jobs.push.outcomes import Outcomes
from torgsync.jobs.push.photo_results import Pictures
from torgsync.prom.api import Prom
from torgsync.prom.feed import write_feed
from torgsync.state.runs.journal import Unfinished
from torgsync.state.runs.plans import Numbered, State
from torgsync.state.shop.products import Accepted

FEW = 5
"""Up to this many products are read back one by one, more by a listing."""
TOO_LONG = "Prom.ua did not finish the import in time"
LEFT = "sent with an import; the next run looks up what became of it"
CREATION_WORDS = ("presence", "price")
"""`updated_fields` of a file that only creates: the mildest, should a product exist after all."""


def _goes_on() -> Temporary:
    return Temporary(
        "Prom.ua may still be working on the import of an earlier run",
        hint="run the same command again in some minutes, or once without `--no-wait`",
    )


class Importer:
    """The one import of a run."""

    def __init__(
        self,
        context: JobContext,
        prom: Prom,
        outcomes: Outcomes,
        editor: Editor,
        run: int,
        *,
        waits: bool = True,
        back: bool = False,  # it turns a run back: what the export says now is none of it
    ) -> None:
        self._waits = waits
        self._sent = False  # whether Prom took the file, or may have
        self._late = False  # whether a person may have been at the products since
        self._edited = False  # whether what an edit can carry was sent before this import
        self.occupied = False
        """Whether Prom takes no import because another one runs, as far as its words tell."""
        self.left = False
        """Whether an import was sent and its end is left to the next run."""
        self._context = context
        self._prom = prom
        self._outcomes = outcomes
        self._editor = editor
        self._run = run
        self._back = back
        self._modified: dict[str, datetime | None] = {}  # when products were modified before this import
        self._fields: set[str] = set()  # fields that this import changes in some product
        self._pictures = Pictures(context, prom)

    def perform(self, offers: int, imports_left: int) -> None:
        """Send `offers` changes that need an import, or defer them where today's imports are used up.

        Raises Temporary where Prom takes no import now; nothing of it was done then.
        """
        if not offers:
            return
        if imports_left < 1:
            message = f"today's imports are used up; it goes with the first run after {self._free_at()}"
            for page in self._pages():
                self._outcomes.note_all((item.seq, State.DEFERRED, message) for item in page)
            return
        self._attempt()

    def _free_at(self) -> str:
        """Return when an import is free again, by the shop's clock."""
        with self._context.transaction() as work:
            oldest = work.journal.oldest_import(self._context.now() - IMPORT_WINDOW)
        free = (oldest or self._context.now()) + IMPORT_WINDOW
        return f"{free.astimezone(SHOP_ZONE):%Y-%m-%d %H:%M}"

    def perform_when_free(self) -> None:
        """Send the import when the one that somebody else has started has ended; all edits were sent before.

        Raises Temporary where that takes too long, or Prom takes no import for another reason.
        """
        self._edited = True
        trouble: Temporary | None = None
        for pause in FREE_AFTER:
            self._context.report(Progress(Stage.FREE))
            self._context.pause(pause)
            self._outcomes.reopen_imported()
            try:
                self._attempt()
            except Temporary as error:
                trouble = error
                if not self.occupied:
                    break
            else:
                return
        if trouble:
            raise trouble

    def _attempt(self) -> None:
        """Send the import; where that did not come to its end, what needs it is deferred."""
        self.occupied = False
        try:
            self._perform()
        except TorgsyncError as error:
            # Edits go on after it: a change of which the import is missing must not be told as done by them.
            if self._sent or isinstance(error, Temporary):
                self._outcomes.defer_imported(LEFT if self._sent else f"not reached: {error.message}")
            raise

    def _perform(self) -> None:
        started = self._context.now()
        with tempfile.TemporaryDirectory(dir=self._feeds(), prefix="import-") as folder:
            feed = Path(folder) / "products.xml"
            words, offers = self._write(feed)
            number, ended = self._send(feed, words, offers, started)
        if ended is None:
            self.left = True
            self._outcomes.defer_imported(LEFT)
            return
        self._settle(ended, offers, started)
        self._end(number, ended.word)  # not before: a run that dies in between is settled by the next one

    def resume(self, unfinished: Unfinished) -> None:
        """Settle an import that a run left behind: it is waited for, and never sent again."""
        self._outcomes.reopen_imported()
        self._late = True
        try:
            self._resume(unfinished)
        except TorgsyncError:
            self._outcomes.defer_imported(LEFT)
            raise

    def _resume(self, unfinished: Unfinished) -> None:
        if unfinished.prom_id is None:
            said = "the run that sent it died before Prom.ua answered"
            ended = self._look_for(said, unfinished.offers, unfinished.started)
            if ended is None:
                raise _goes_on()
        else:
            try:
                state = self._wait(unfinished.prom_id, unfinished.offers, unfinished.started)
                ended = Ended(state, "" if state else TOO_LONG)
            except PromRefused as forgotten:
                ended = Ended(None, forgotten.message)
        self._settle(ended, unfinished.offers, unfinished.started)
        self._end(unfinished.number, ended.word)

    def _feeds(self) -> Path:
        """Return an empty folder for this object's import file; a run that was killed may have left one."""
        folder = self._context.settings.feeds / self._context.slug
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _pages(self) -> Iterator[list[Numbered]]:
        return self._outcomes.pages([Verb.CREATE, Verb.UPDATE], Channel.IMPORT, PAGE)

    def _known(self, page: list[Numbered]) -> dict[str, ProductSnapshot]:
        with self._context.transaction() as work:
            return work.products.known([item.change.good_id for item in page])

    # The file

    def _write(self, feed: Path) -> tuple[list[str], int]:
        """Write the import file; return its `updated_fields`, exactly what changed, and its offers."""
        with self._context.transaction() as work:
            tree = grow(work.variants.paths())
        paths: dict[Steps, None] = {}
        fields: set[str] = set()
        groups: set[str] = set()
        for page in self._pages():
            for good_id, known in self._known(page).items():
                self._modified[good_id] = known.existing.modified if known.existing else None
                product = as_it_is(known) if self._back else desired_offer(known)
                groups.add(product.text("variant_group"))
                if product.path:
                    paths.setdefault(tree.path(product.path))
            fields.update(
                name for item in page if item.change.verb is Verb.UPDATE for name in item.change.fields
            )
        siblings = self._sisters(groups - {""})
        along = [*siblings, *self._pictures.again({*self._modified, *siblings})]
        if self._pictures.owed:
            fields.add("photos")
        for product in self._as_they_are(along):
            if product.path:
                paths.setdefault(tree.path(product.path))
        with feed.open("wb") as out:
            count = write_feed(
                out,
                shop=self._context.object.name,
                made=self._context.now(),
                currency=self._context.object.catalog.currency,
                paths=paths,
                offers=chain(self._as_they_are(along), self._offers()),
                names=self._prom.names,
            )
        self._fields = fields
        return updated_fields(fields) or list(CREATION_WORDS), count

    def _sisters(self, groups: Collection[str]) -> list[str]:
        """Return the goods that Prom has in these variant groups and that the plan leaves as they are.

        Whether Prom joins a new variant to a group that it knows only from an earlier file is not known: it
        may make a group of what one file brings. So they go along, the eldest first.
        """
        with self._context.transaction() as work:
            made = work.variants.made_in(groups)
        return [good_id for good_id in made if good_id not in self._modified]

    def _as_they_are(self, good_ids: Sequence[str]) -> Iterator[Product]:
        """Yield products on Prom with the values that Prom shows, or took where it shows none."""
        for page in pages(good_ids):
            with self._context.transaction() as work:
                found = work.products.known(page)
            for known in map(found.__getitem__, page):
                if known.sent and known.on_prom:
                    yield as_it_is(known)

    def _offers(self) -> Iterator[Product]:
        for page in self._pages():
            known = self._known(page)
            for item in page:
                good = known[item.change.good_id]
                yield turned_back(item.change, good) if self._back else offer_of(item.change, good)

    # Sending and waiting

    def _send(self, feed: Path, words: list[str], offers: int, started: datetime) -> tuple[int, Ended | None]:
        """Send the file and wait for its end; return the import's number in the journal, and that end.

        The end is None where it is left to the next run.
        """
        self._context.report(Progress(Stage.UPLOAD))
        with self._context.transaction() as work:
            number = work.journal.begin_import(self._run, offers, self._context.now())
        try:
            import_id = self._prom.start_import(feed, words, force="photos" in self._fields)
        except AnswerLost as lost:
            self._sent = True
            return number, self._look_for(lost.message, offers, started)
        except PromRefused as refused:
            self._end(number, "refused")
            self.occupied = says_another_runs(refused.message)
            raise Temporary(
                f"Prom.ua takes no import now: {refused.message}",
                hint="see the imports in the seller's cabinet: one that runs must end; "
                "where today's are used up, tomorrow's run sends the rest",
            ) from refused
        except TorgsyncError:
            self._end(number, "refused")
            raise
        with self._context.transaction() as work:
            work.journal.import_accepted(number, import_id)
        self._sent = True
        if not self._waits:
            return number, None
        state = self._wait(import_id, offers, self._context.now())
        return number, Ended(state, "" if state else TOO_LONG)

    def _end(self, number: int, ended: str) -> None:
        with self._context.transaction() as work:
            work.journal.end_import(number, ended)

    def _wait(self, import_id: str, offers: int, started: datetime) -> ImportState | None:
        """Return the last word of an import that `started` then, None where the deadline passed without one.

        Raises Temporary where it still goes on and nobody waits for it.
        """
        self._context.report(Progress(Stage.IMPORT, 0, offers))
        for pause in poll_times():
            self._context.pause(pause)
            state = self._prom.import_state(import_id)
            self._context.report(Progress(Stage.IMPORT, min(state.dealt_with, offers), offers))
            if state.fatal or state.covers(offers):
                return state
            if self._context.now() - started >= timedelta(seconds=IMPORT_DEADLINE):
                return None
            if not self._waits:
                raise _goes_on()
        return None

    def _look_for(self, trouble: str, offers: int, started: datetime) -> Ended | None:
        """Look for an import of which nobody knows whether Prom took it, by reading its products back.

        It is looked for until its deadline, as long as one may take: a second one would be spent in vain.
        Where some products have come and no more come, Prom has refused the others. None is returned where
        it is left to the next run.
        """
        came = 0
        for pause in LOOK_AFTER:
            self._context.report(Progress(Stage.IMPORT, came, offers))
            self._context.pause(pause)
            self._read_back(offers, started)
            before, (came, every) = came, self._arrived()
            late = self._context.now() - started >= timedelta(seconds=IMPORT_DEADLINE)
            if came == every or late or 0 < came == before:
                break
            if not self._waits:
                return None
        return Ended(None, trouble, looked=True)

    def _arrived(self) -> tuple[int, int]:
        """Return of how many changes Prom shows what the import was to make, and how many there are."""
        came = every = 0
        for page in self._pages():
            known = self._known(page)
            came += sum(self._has_arrived(item, known[item.change.good_id]) for item in page)
            every += len(page)
        return came, every

    def _has_arrived(self, item: Numbered, known: ProductSnapshot) -> bool:
        return arrived(item, known, touched=self._touched(known))

    def _touched(self, known: ProductSnapshot) -> bool:
        """Tell whether a product was modified since this import was written, and by it."""
        shown = known.existing
        return (
            shown is not None
            and not self._edited  # that was by the edit, then
            and known.good_id in self._modified
            and shown.modified != self._modified[known.good_id]
        )

    # Settling

    def _settle(self, ended: Ended, offers: int, started: datetime) -> None:
        """Read back what Prom made of the file and note every outcome, page by page."""
        if not ended.looked:
            self._read_back(offers, started)
        done = 0
        for page in self._pages():
            known = self._known(page)
            settled = [self._settle_one(item, known[item.change.good_id], ended) for item in page]
            now = self._context.now()
            with self._context.transaction() as work:
                accepted = [self._as_taken(one.accepted) for one in settled if one.accepted]
                work.products.accept(accepted, now)
                work.products.forget_refusals([item.good_id for item in accepted])
                for item, one in zip(page, settled, strict=True):
                    if product := self._refused(item, one, ended):
                        work.products.refuse(product, one.message, now)
            # What is to be edited yet has its outcome then: half of it is not done.
            edited = {item.seq for item in page if self._edit_follows(item)}
            edited |= {one.seq for one in settled if one.fix}
            self._outcomes.note_all(
                (one.seq, one.state, one.message)
                for one in settled
                if one.state is not State.DONE or one.seq not in edited
            )
            self._editor.send([one.fix for one in settled if one.fix])
            done += len(page)
            self._context.report(Progress(Stage.READ_BACK, done, offers))
        self._pictures.remember(failed=ended.lost_photos)

    def _refused(self, item: Numbered, one: Settled, ended: Ended) -> Product | None:
        """Return what Prom refused of a good by itself: as the export wants it, or as it was to go back."""
        if not self._back:
            return one.refused
        alone = one.state is State.REFUSED and ended.state is not None and not ended.state.fatal
        return imported(item.change) if alone else None

    def _edit_follows(self, item: Numbered) -> bool:
        return not self._edited and item.change.verb is Verb.UPDATE and edit_of(item) is not None

    def _as_taken(self, accepted: Accepted) -> Accepted:
        """Return what was accepted; of a late look, no other text is taken for Prom's way of keeping ours."""
        if not self._late:
            return accepted
        echo = {
            name: shown for name, shown in accepted.echo.items() if keeps(accepted.values.get(name), shown)
        }
        return replace(accepted, echo=echo)

    def _read_back(self, offers: int, started: datetime) -> None:
        with self._context.transaction() as work:
            look = work.object_state.current_look()
        if offers <= FEW:
            for page in self._pages():
                self._read_one_by_one([item.change.good_id for item in page], look)
            return
        seen = 0
        for shown in self._prom.products(modified_from=started - OVERLAP):
            self._pictures.see(shown)
            with self._context.transaction() as work:
                work.existing.remember_existing(shown, look)
            seen += len(shown)
            self._context.report(Progress(Stage.READ_BACK, min(seen, offers), offers))

    def _read_one_by_one(self, good_ids: list[str], look: int) -> None:
        for good_id in good_ids:
            if shown := self._prom.product(good_id):
                self._pictures.see([shown])
                with self._context.transaction() as work:
                    work.existing.remember_existing([shown], look)

    def _settle_one(self, item: Numbered, known: ProductSnapshot, ended: Ended) -> Settled:
        """Return what became of one change, by what Prom said and shows."""
        if item.change.verb is Verb.UPDATE:
            beside = {
                name: ""
                for name in DESCRIPTIONS
                if self._fields & DESCRIPTIONS and not self._back and is_blank(known, name)
            }
            one = settle_update(item, known, ended, beside, touched=self._touched(known))
            return self._with_remarks(item, one, ended) if one.state is State.DONE else one
        shown = known.existing or self._ask(known.good_id)
        if shown is None or shown.removed:
            return settle_missing(item, known, ended)
        desired = item.change.new
        fix = fix_up(item.seq, known.good_id, without_moderation(desired, shown), shown)
        took = {name: value for name, value in desired.items() if not fix or name not in fix.values}
        made = Settled(item.seq, State.DONE, accepted=accepted_of(known.good_id, took, shown), fix=fix)
        return self._with_remarks(item, made, ended)

    def _with_remarks(self, item: Numbered, one: Settled, ended: Ended) -> Settled:
        """Say of a change that was done which texts Prom cut and which photos it could not fetch.

        Prom's own words go first: it says something of a success too.
        """
        said = remarks_of(item.change.good_id, ended)
        cuts = told_of_cuts(one.accepted) if one.accepted else ""
        photos = self._pictures.judge(item.change.good_id, item.change.new, failed=ended.lost_photos)
        return replace(one, message="; ".join(filter(None, (said, cuts, photos))))

    def _ask(self, good_id: str) -> Existing | None:
        """Return a new product that no list shows: absence is never concluded from a list."""
        shown = self._prom.product(good_id)
        if shown:
            self._pictures.see([shown])
            with self._context.transaction() as work:
                work.existing.remember_existing([shown], work.object_state.current_look())
        return shown
