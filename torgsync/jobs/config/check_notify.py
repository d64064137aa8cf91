"""Check whether people can be notified and monitors pinged; nothing is sent."""

from __future__ import annotations

from collections.abc import Iterator

from torgsync.core.notices.sending import Undelivered, failure_message
from torgsync.extras import install_command
from torgsync.files.config.objects import ObjectFile
from torgsync.files.notices.addresses import literal_addresses, read_addresses, read_heartbeat
from torgsync.files.notices.sending import why_unusable
from torgsync.i18n import _, _n, verbatim
from torgsync.jobs.config.check_view import CheckLine, ok, warning
from torgsync.jobs.context import JobContext

_SUBJECT = _("notifications")


def check_notify(file: ObjectFile) -> Iterator[CheckLine]:
    """Report addresses that cannot be used, and those that everyone sees who reads the file."""
    notify, folder = file.settings.notify, file.path.parent
    for shown in literal_addresses(folder, notify):
        message = _(
            "the address `{address}` is in the sync object's file, and everyone who reads that file sees it",
            address=shown,
        )
        yield warning(
            _SUBJECT, message, _('write `to = [{ env = "NAME" }]` or `to = [{ file = "path" }]` instead')
        )
    usable = 0
    for address in read_addresses(folder, notify, file.trust):
        failure = why_unusable(address)
        if failure is None:
            usable += 1
        elif failure.why is Undelivered.LIBRARY:
            needed = _("no notification can be sent: this needs a library")
            yield warning(_SUBJECT, needed, _("install it: {command}", command=install_command("notify")))
            break
        elif failure.why is Undelivered.UNKNOWN:
            message = _("`{address}` is not an address that Apprise knows", address=address.shown)
            yield warning(_SUBJECT, message, _("how addresses are written: https://appriseit.com/services/"))
        else:
            yield warning(_SUBJECT, address.trouble)
    if usable:
        message = _n("{count} address", "{count} addresses", usable)
        yield ok(_SUBJECT, message, verbatim(f"torgsync notify test -o {file.called}"))
    heartbeat = read_heartbeat(folder, notify, file.trust)
    if heartbeat and heartbeat.trouble:
        yield warning(_("heartbeat"), heartbeat.trouble)


def unreached(context: JobContext) -> Iterator[CheckLine]:
    """Report addresses that could not be reached when that was tried last."""
    with context.transaction(durable=False) as work:
        failures = work.situations.failures()
    notify, folder = context.object.notify, context.file.path.parent
    heartbeat = read_heartbeat(folder, notify, context.file.trust)
    known = {address.fingerprint for address in read_addresses(folder, notify, context.file.trust)}
    again = verbatim(f"torgsync notify test -o {context.file.called}")
    for fingerprint, (failure, since) in failures.items():
        if heartbeat and fingerprint == heartbeat.fingerprint:
            subject, hint = _("heartbeat"), verbatim(f"{again} --heartbeat")
        elif fingerprint in known:
            subject, hint = _SUBJECT, again
        else:
            continue
        message = _(
            "`{address}` has not been reached since {since:time}: {why}",
            address=failure.address,
            since=since,
            why=failure_message(failure),
        )
        yield warning(subject, message, hint)
