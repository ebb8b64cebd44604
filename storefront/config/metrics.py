"""`/metrics` for Prometheus: what the shop's rows say of its work, the same from every web process.

Each package contributes a function by name (`settings.METRICS`). Asked for with `Authorization: Bearer METRICS_TOKEN`;
without that setting there is no such page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from hmac import compare_digest

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.http import require_safe
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector


class Gauges(Collector):
    """What the packages measure: (name, help, labels, value) of each."""

    def collect(self) -> Iterable[GaugeMetricFamily]:
        families: dict[str, GaugeMetricFamily] = {}
        for name, about, labels, value in measured():
            family = families.setdefault(name, GaugeMetricFamily(name, about, labels=list(labels)))
            family.add_metric(list(labels.values()), value)
        return families.values()


def measured() -> Iterator[tuple[str, str, dict[str, str], float]]:
    for path in settings.METRICS:
        yield from import_string(path)()


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """The measures as Prometheus reads them. Raises `Http404` without the token."""
    said = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not compare_digest(said.encode(), f"Bearer {settings.METRICS_TOKEN}".encode()):
        raise Http404
    registry = CollectorRegistry()
    registry.register(Gauges())
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
