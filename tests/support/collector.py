"""A collector of OpenTelemetry on a port, for what Airflow measures."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest

Tags = frozenset[tuple[str, str]]


class Collector:
    """Receives what Airflow exports, as a collector of OpenTelemetry does.

    Attributes:
        numbers: name and tags of a measure → its latest value; of a counter the sum of all processes.
    """

    def __init__(self) -> None:
        self.numbers: dict[tuple[str, Tags], float] = {}
        collector = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                collector.take(self.rfile.read(int(self.headers["Content-Length"])))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def environment(self) -> dict[str, str]:
        """What has Airflow export to it: of counters what was added since the last time, as tasks are short-lived."""
        return {
            "AIRFLOW__METRICS__OTEL_ON": "True",
            "OTEL_EXPORTER_OTLP_ENDPOINT": f"http://127.0.0.1:{self.server.server_port}",
            "OTEL_EXPORTER_OTLP_PROTOCOL": "http/protobuf",
            "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE": "delta",
        }

    def take(self, body: bytes) -> None:
        message = ExportMetricsServiceRequest.FromString(body)
        scopes = [scope for resource in message.resource_metrics for scope in resource.scope_metrics]
        for metric in (metric for scope in scopes for metric in scope.metrics):
            data = metric.sum if metric.HasField("sum") else metric.gauge
            for point in data.data_points:
                tags = frozenset((tag.key, tag.value.string_value) for tag in point.attributes)
                before = self.numbers.get((metric.name, tags), 0) if metric.HasField("sum") else 0
                self.numbers[metric.name, tags] = before + (point.as_double or point.as_int)

    def of(self, name: str, by: str, **tags: str) -> dict[str, float]:
        """Returns one measure by one of its tags, of those that have the other tags."""
        wanted = set(tags.items())
        found = [
            (dict(one), value) for (called, one), value in self.numbers.items() if called == name and wanted <= one
        ]
        return {one[by]: value for one, value in found}

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
