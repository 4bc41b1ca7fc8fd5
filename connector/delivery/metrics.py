"""The outbox in figures, for Prometheus: read from the database at each scrape, so that every process tells the same."""

import hmac
from collections.abc import Iterator

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from connector.delivery.watching import Condition, Standing, standings
from connector.web.errors import NotFoundError
from connector.web.requests import current_session, now, settings

blueprint = Blueprint("metrics", __name__)

_LABELS = ("endpoint", "name")


@blueprint.get("/metrics")
def metrics() -> ResponseReturnValue:
    """Tell how delivery goes, to whoever knows the token; to all others there is nothing here."""
    token = settings().metrics_token
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    is_known = hmac.compare_digest(given.strip().encode(), token.encode())
    if not token or scheme.lower() != "bearer" or not is_known:
        raise NotFoundError
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Outbox(standings(current_session(), now=now())))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


class _Outbox(Collector):
    """The figures of one scrape."""

    def __init__(self, rows: list[Standing]) -> None:
        self._rows = rows

    def collect(self) -> Iterator[Metric]:
        """Yield the families; a name says what it counts, as Prometheus asks for."""
        waiting = GaugeMetricFamily("kring_outbox_waiting", "Deliveries that wait, or are under way.", labels=_LABELS)
        oldest = GaugeMetricFamily("kring_outbox_oldest_seconds", "How long the oldest of them waits.", labels=_LABELS)
        sent = CounterMetricFamily("kring_outbox_sent", "Deliveries that the LRS accepted, ever.", labels=_LABELS)
        dead = GaugeMetricFamily("kring_outbox_dead", "Deliveries that were given up.", labels=_LABELS)
        failures = GaugeMetricFamily("kring_outbox_failures", "How often in a row the LRS failed.", labels=_LABELS)
        condition = GaugeMetricFamily(
            "kring_outbox_condition",
            "1 for how the LRS is: well, failing, paused or off.",
            labels=(*_LABELS, "condition"),
        )
        for row in self._rows:
            labels = (str(row.endpoint.id), row.endpoint.name)
            waiting.add_metric(labels, row.waiting)
            oldest.add_metric(labels, row.oldest.total_seconds() if row.oldest else 0)
            sent.add_metric(labels, row.endpoint.accepted)
            dead.add_metric(labels, row.dead)
            failures.add_metric(labels, row.endpoint.failures)
            for one in Condition:
                condition.add_metric((*labels, one.value), float(row.condition is one))
        yield from (waiting, oldest, sent, dead, failures, condition)
