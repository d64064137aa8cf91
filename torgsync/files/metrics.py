"""Metrics in the text format of Prometheus, as node_exporter's textfile collector reads them from a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from torgsync.disk import replacing, stat_file
from torgsync.errors import UsageError
from torgsync.extras import install_command
from torgsync.i18n import _

if TYPE_CHECKING:
    from prometheus_client.core import Metric

PUBLIC = 0o644
"""The collector is another user."""


class MetricFamily(Struct, frozen=True):
    """Samples of one name, keyed by the values of its labels; a counter's name ends in `_total`."""

    name: str
    help: str
    samples: Mapping[tuple[str, ...], float]
    labels: tuple[str, ...] = ("object",)
    counter: bool = False


def _require_library() -> None:
    """Raise UsageError where the library that writes metrics is not installed."""
    try:
        import prometheus_client  # noqa: F401, PLC0415  # only metrics need it
    except ImportError as missing:
        raise UsageError(
            _("metrics need a library that is not installed"),
            hint=_("install it: {command}", command=install_command("metrics")),
        ) from missing


def metrics_text(families: Iterable[MetricFamily]) -> bytes:
    """Return metrics as Prometheus reads them. Raises UsageError where the library is missing."""
    _require_library()
    from prometheus_client import CollectorRegistry, generate_latest  # noqa: PLC0415  # as above

    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Collector(tuple(families)))
    return generate_latest(registry)


def write_metrics(path: Path, families: Iterable[MetricFamily]) -> None:
    """Write metrics in place of a file, whole or not at all; its folder keeps its mode.

    What is no file, such as a device, is not replaced. Raises OSError.
    """
    text = metrics_text(families)
    with suppress(FileNotFoundError):
        stat_file(path)
    with replacing(path, PUBLIC) as out:
        out.write(text)


class _Collector:
    """Hands families over to the library; what is not text in a label is replaced."""

    def __init__(self, families: Iterable[MetricFamily]) -> None:
        self._families = families

    def collect(self) -> Iterator[Metric]:
        """Yield every family that has samples."""
        from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily  # noqa: PLC0415  # as above

        for family in self._families:
            if not family.samples:
                continue
            kind = CounterMetricFamily if family.counter else GaugeMetricFamily
            metric = kind(family.name, family.help, labels=family.labels)
            for values, value in family.samples.items():
                metric.add_metric([text.encode("utf-8", "replace").decode() for text in values], value)
            yield metric
