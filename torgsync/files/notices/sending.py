"""Sends messages to people by Apprise, each address in a thread of its own, until a common deadline.

Apprise gets no plugin, no configuration and no attachment, writes no files, and says nothing:
of its log only numbers of HTTP answers are read. A thread that hangs ends with the process.
"""

from __future__ import annotations

import logging
import re
import smtplib
import sys
import threading
import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import ModuleType
from typing import Any

from torgsync.core.notices.sending import FailedDelivery, Text, Undelivered
from torgsync.files.notices.addresses import Address

DEADLINE = 8.0
"""Seconds that all addresses together have."""
_LOG = logging.getLogger("apprise")
_loading = threading.Lock()
_ALWAYS_HTML = "NotifyTelegram"
"""The service that sends a text as HTML in any case; its blanks stay blanks."""
_STATUS = re.compile(r"error=(\d{3})\b")
_NO_CONNECTION = re.compile(r"connection error|socket", re.IGNORECASE)


def send(
    messages: Mapping[Address, Sequence[Text]], deadline: float = DEADLINE
) -> dict[Address, list[FailedDelivery | None]]:
    """Send to each address its messages in order; return why each was not delivered, None where it was."""
    until = time.monotonic() + deadline
    with suppress(ImportError):  # each address reports that
        _library()  # here, because threads would wait for each other
    workers = [_Worker(address, texts) for address, texts in messages.items()]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(max(0.0, until - time.monotonic()))
    return {worker.address: worker.results() for worker in workers}


def why_unusable(address: Address) -> FailedDelivery | None:
    """Return why no message can be sent to an address, None where one can; nothing is sent."""
    try:
        plugin_of(address)
    except _NotSent as failed:
        return failed.failure
    return None


class _NotSent(Exception):
    def __init__(self, failure: FailedDelivery) -> None:
        super().__init__()
        self.failure = failure


class _Worker(threading.Thread):
    """Sends the messages of one address."""

    def __init__(self, address: Address, texts: Sequence[Text]) -> None:
        super().__init__(name="torgsync-notify", daemon=True)
        self.address = address
        self._texts = texts
        self._sent: list[FailedDelivery | None] = []

    def results(self) -> list[FailedDelivery | None]:
        """Return what became of each message until now."""
        sent = list(self._sent)
        late = FailedDelivery(self.address.shown, Undelivered.NO_ANSWER)
        return sent + [late] * (len(self._texts) - len(sent))

    def run(self) -> None:
        """Send one after another; the first that fails ends it."""
        failure: FailedDelivery | None = None
        for text in self._texts:
            if failure is None:
                failure = self._send(text)
            self._sent.append(failure)

    def _send(self, text: Text) -> FailedDelivery | None:
        try:
            service = plugin_of(self.address)
            heard = _FailureLog(threading.get_ident())
            _LOG.addHandler(heard)
            try:
                taken = service.notify(body=text.body, title=text.title, body_format="text")
            finally:
                _LOG.removeHandler(heard)
        except _NotSent as failed:
            return failed.failure
        except Exception:  # noqa: BLE001  # whatever a plugin raises may hold the address
            return FailedDelivery(self.address.shown, Undelivered.UNREACHED)
        if taken:
            return None
        return FailedDelivery(self.address.shown, heard.why, heard.status)


class _FailureLog(logging.Handler):
    """Reads in the log of Apprise why a message of this thread was not taken; its texts go nowhere."""

    def __init__(self, thread: int) -> None:
        super().__init__(logging.WARNING)
        self._thread = thread
        self.why = Undelivered.REFUSED
        self.status = 0

    def emit(self, record: logging.LogRecord) -> None:
        """Note the number of an HTTP answer, or that there was no connection."""
        if record.thread != self._thread:
            return
        said = record.getMessage()
        if found := _STATUS.search(said):
            self.status = int(found[1])
        elif _NO_CONNECTION.search(said) and self.why is Undelivered.REFUSED:
            self.why = _why_unconnected(sys.exc_info()[1])


def _why_unconnected(error: BaseException | None) -> Undelivered:
    """Return what the error means that a plugin reports as a broken connection: it says the same of all."""
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return Undelivered.LOGIN
    if isinstance(error, smtplib.SMTPResponseException | smtplib.SMTPRecipientsRefused):
        return Undelivered.REFUSED
    while error is not None:
        if isinstance(error, TimeoutError) or "timed out" in str(error):
            return Undelivered.NO_ANSWER
        error = error.__context__
    return Undelivered.UNREACHED


def plugin_of(address: Address) -> Any:  # noqa: ANN401  # Apprise is an extra
    """Return what sends to an address by Apprise. Raises `_NotSent`."""
    if address.secret is None:
        raise _NotSent(FailedDelivery(address.shown, Undelivered.SECRET))
    try:
        apprise = _library()
    except ImportError as missing:
        raise _NotSent(FailedDelivery(address.shown, Undelivered.LIBRARY)) from missing
    asset = apprise.AppriseAsset(
        app_id="torgsync",
        app_desc="torgsync",
        app_url="",
        image_url_mask="",
        image_url_logo="",
        plugin_paths=[],
        storage_mode=apprise.PersistentStoreMode.MEMORY,
        secure_logging=True,
        async_mode=False,
        interpret_escapes=False,
        interpret_emojis=False,
    )
    service = apprise.Apprise.instantiate(address.secret.get_secret_value(), asset=asset)
    if not isinstance(service, apprise.NotifyBase):
        raise _NotSent(FailedDelivery(address.shown, Undelivered.UNKNOWN))
    # Texts are data and never a markup, and a command in HTML has blanks that no shell takes for blanks.
    html = type(service).__name__ == _ALWAYS_HTML
    service.notify_format = apprise.NotifyFormat.HTML if html else apprise.NotifyFormat.TEXT
    service.interpret_emojis = False
    service.retry, service.wait = 0, 0.0
    service.request_rate_per_sec = 0  # its pauses between chats would pass the deadline
    sender = apprise.Apprise(asset=asset)
    sender.add(service)
    return sender


def _library() -> ModuleType:
    """Import Apprise, and have nothing shown of what it and its libraries log. Raises ImportError."""
    with _loading, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # they are for who develops Apprise
        import apprise  # noqa: PLC0415  # an extra, and heavy
        from apprise.manager_plugins import NotificationManager  # noqa: PLC0415  # likewise

        if _LOG.propagate:
            _LOG.propagate = False
            _LOG.addHandler(logging.NullHandler())
            logging.getLogger().addHandler(logging.NullHandler())  # else stderr gets warnings with addresses
            manager: Any = NotificationManager
            manager().schemas()  # loads the modules of all services
        _LOG.setLevel(logging.WARNING)
        return apprise
