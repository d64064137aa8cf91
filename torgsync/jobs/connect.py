"""Connect to the shop of a sync object: with its token, at its pace, and verified to be the right one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import xxhash

from torgsync.core.plan.guards import SHOP, Allowed, MissingShop, encode_measure
from torgsync.core.problems import ProblemCode, problem, problem_message
from torgsync.core.product.products import Existing, ExternalIds
from torgsync.errors import PromRefused, TokenRefused, Unsafe
from torgsync.files.config.objects import mistakes_at
from torgsync.files.config.settings import who
from torgsync.files.config.tokens import read_token
from torgsync.i18n import _
from torgsync.jobs.context import JobContext
from torgsync.prom.api import Prom, connect
from torgsync.prom.request import RequestJournal
from torgsync.state.runs.journal import Holder, Override

_NOTHING_ALLOWED = Allowed()


class VerifiedShop(Prom):
    """The shop that an object was synchronised with: only `verified` makes one, what writes needs one."""

    def __init__(self, prom: Prom) -> None:
        super().__init__(prom.http, prom.names)


@contextmanager
def connect_shop(
    context: JobContext, journal: RequestJournal | None = None, *, allowed: Allowed = _NOTHING_ALLOWED
) -> Iterator[VerifiedShop]:
    """Yield the shop of an object once it was recognised as the one that the object was synchronised with.

    A run records its requests in the `journal`. Raises Unsafe where the token opens another shop, unless
    `allowed` lets the object begin again there.
    """
    with connect_unverified(context, journal) as prom:
        yield verified(context, prom, allowed)


def verified(context: JobContext, prom: Prom, allowed: Allowed = _NOTHING_ALLOWED) -> VerifiedShop:
    """Return a shop as the one that the object was synchronised with. Raises what `connect_shop` raises."""
    refuse_other_shop(context, prom, allowed)
    return VerifiedShop(prom)


@contextmanager
def connect_unverified(context: JobContext, journal: RequestJournal | None = None) -> Iterator[Prom]:
    """Yield the shop that the token of an object opens, whichever it is.

    For jobs that verify it themselves: `jobs/plan/update.py` recognises it by the first page of its list,
    which costs no request, and `doctor` reports each right of a token.
    """
    with context.transaction(durable=False) as work:
        names = work.adoptions.names()
    with connect_nameless(context, journal, names) as prom:
        yield prom


def address_of(context: JobContext) -> str:
    """Return the address of the API of an object's marketplace."""
    return context.settings.api_address(context.object)


def refuse_untrusted(context: JobContext) -> None:
    """Refuse to send the token of a pushed object to a host that its worker does not know.

    Raises ObjectInvalid.
    """
    trust = context.file.trust
    if trust and (why := trust.refuses_host(address_of(context))):
        raise mistakes_at(context.file, [(("connection", "url"), "connection.url", why)])


def portal(context: JobContext) -> str:
    """Return the address of the portal where the shop of an object is: its seller's cabinet."""
    address = urlsplit(address_of(context))
    return f"{address.scheme}://{address.netloc}/"


@contextmanager
def connect_nameless(
    context: JobContext, journal: RequestJournal | None = None, names: ExternalIds | None = None
) -> Iterator[Prom]:
    """Yield the shop that the token of an object opens, without reading the state: goods have no other names.

    For `doctor`, which tries the token also where the state cannot be read. Raises ObjectInvalid where the
    token must not be sent to the marketplace's address.
    """
    refuse_untrusted(context)
    with connect(
        address_of(context),
        read_token(context.file),
        shop=context.object.name,
        called=context.file.called,
        requests_per_second=context.object.limits.requests_per_second,
        journal=journal,
        names=names,
        sleep=context.stop.sleep,
        on_idle=context.stop.wait,
        recorder=context.recorder,
        insecure=context.object.connection.insecure and context.file.trust is None,
        portal=context.object.portal,
    ) as prom:
        yield prom


PROBES = 3
"""How many products are asked for before a shop is taken for another one: each may have been deleted."""

SEPARATOR = "/"
"""Between a group's id and the digest of its name."""

WITHOUT_GROUPS = "without-groups"
"""The id of a shop that shows no group, as `--allow shop=ID` takes it."""


def refuse_other_shop(
    context: JobContext, prom: Prom, allowed: Allowed, listed: Sequence[Existing] = ()
) -> None:
    """Refuse a token that opens another shop than the one that the object was synchronised with.

    When a person allowed exactly the shop that is seen, the snapshot and the sent values of the old shop are
    deleted and the object begins again. A known product among those `listed` just now makes any request
    unnecessary. Raises Unsafe where it is another shop.
    """
    with context.transaction() as work:
        if work.existing.knows([(product.prom_id, product.external_id) for product in listed]):
            return
        anchors, groups = work.existing.anchors(PROBES), work.object_state.groups()
    if not anchors and not groups:
        return
    for prom_id, good_id in anchors:
        product = prom.product(good_id)
        if product and product.prom_id == prom_id:
            return
    groups_now = groups_of(prom)
    if groups_now & groups:
        return
    shop_id = min((group.partition(SEPARATOR)[0] for group in groups_now), default=WITHOUT_GROUPS)
    if allowed.shop == shop_id:
        missing = encode_measure(MissingShop(len(anchors), len(groups)))
        override = Override(SHOP, f"shop={shop_id}", missing)
        with context.transaction() as work:
            work.journal.note_overrides(None, [override], Holder(*who()), context.now())
            work.products.forget_shop()
        return
    lost = problem_message(problem(ProblemCode.SHOP_MISSING, products=len(anchors), groups=len(groups)))
    raise Unsafe(
        _(
            "the token opens another shop than the one of `{object}`: {lost}",
            object=context.object.name,
            lost=lost,
        ),
        hint=_(
            "if this is not the right shop, replace the token: torgsync object edit {called} --api-key -\n"
            "if it is the same shop, emptied, or a new one for this sync object, begin again with it: "
            "torgsync sync -o {called} --allow shop={shop}",
            called=context.file.called,
            shop=shop_id,
        ),
    )


def groups_of(prom: Prom) -> frozenset[str]:
    """Return the id of each of the shop's first hundred groups with a digest of its name.

    One common group is enough to recognise a shop. Empty where the token may not read groups.
    """
    try:
        groups = prom.groups()
    except (TokenRefused, PromRefused):
        return frozenset()
    return frozenset(
        f"{number}{SEPARATOR}{xxhash.xxh3_64_hexdigest(name.encode())[:8]}" for number, name in groups.items()
    )
