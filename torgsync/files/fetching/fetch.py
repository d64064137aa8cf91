"""Fetches a file from whatever server it is on, again where that may help, and says why where it cannot."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

import stamina

from torgsync.core.config.sources import WEB
from torgsync.errors import ExportInvalid, Interrupted, Temporary, TorgsyncError
from torgsync.files.fetching.fetched import Fetched, FetchFailed, FileSource, Target, Validators
from torgsync.files.places.place import PlaceSilent, PlaceUntrusted
from torgsync.i18n import _

TRIES = 4
_RETRY = stamina.RetryingCaller(
    attempts=TRIES, timeout=None, wait_initial=1.0, wait_max=60.0, wait_jitter=1.0, wait_exp_base=2
)
_log = logging.getLogger(__name__)
# Stamina reports every repeated try itself, and without a handler Python would print its bare report.
logging.getLogger("stamina").addHandler(logging.NullHandler())


def fetch(source: FileSource, known: Validators, target: Target) -> Fetched | None:
    """Fetch a file into `target`; return None where the version of `known` is still there.

    Raises Temporary where the server fails, ExportInvalid where a person has to do something about it.
    """
    failure: TorgsyncError
    try:
        return _RETRY(lambda error: _may_retry(error, source), _try, source, known, target)
    except FetchFailed as failed:
        hint = failed.hint or (source.words.login if failed.login else source.words.hint)
        kind = ExportInvalid if failed.permanent else Temporary
        failure = kind(source.words.unusable.filled(place=source.shown, why=failed.why), hint=hint)
    except PlaceUntrusted as untrusted:
        message = source.words.unusable.filled(place=source.shown, why=untrusted.why)
        failure = ExportInvalid(message, hint=untrusted.hint)
    except Interrupted:
        raise
    except TorgsyncError as trouble:
        permanent = not isinstance(trouble, Temporary) or _is_login(trouble, source)
        failure = ExportInvalid(trouble.message, hint=trouble.hint) if permanent else trouble
    raise failure from None


def _try(source: FileSource, known: Validators, target: Target) -> Fetched | None:
    if urlsplit(source.address).scheme in WEB:
        from torgsync.files.fetching.web import fetch_web  # noqa: PLC0415  # only such addresses need it

        return fetch_web(source, known, target)
    from torgsync.files.fetching.storage import fetch_stored  # noqa: PLC0415  # likewise

    return fetch_stored(source, known, target)


def _may_retry(error: Exception, source: FileSource) -> bool | float:
    """Return for stamina whether to try once more, or after how many seconds."""
    if isinstance(error, FetchFailed):
        again, failure = error.again, source.words.unusable.filled(place=source.shown, why=error.why)
    elif isinstance(error, Temporary):
        again, failure = not (isinstance(error, PlaceSilent) or _is_login(error, source)), error.message
    else:
        return False
    if again is not False:
        _log.info("%s", _("{error}; unless this was the last try, it is asked again", error=failure))
    return again


def _is_login(error: TorgsyncError, source: FileSource) -> bool:
    return error.hint == source.words.login
