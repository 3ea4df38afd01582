"""Ids of output schemas from a configured registry: it is down first, then gives the id that the messages carry.

    NIGHTJAR=.build/debug/nightjar python Tests/cli/test_kafka_registry.py
"""
import http.server
import io
import json
import os
import pathlib
import threading

import fastavro
from kafka_support import Broker, Cluster, folder, free_port, produce, read_topic, until

COUNT = 30
FIRST_ID = 4242
SCHEMAS = {}


class Registry(http.server.BaseHTTPRequestHandler):
    """Just enough of a Confluent registry: POST /subjects/<subject>/versions."""

    def do_POST(self):
        subject = self.path.split("/")[2]
        schema = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["schema"]
        number = SCHEMAS.setdefault((subject, schema), FIRST_ID + len(SCHEMAS))
        body = json.dumps({"id": number}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/vnd.schemaregistry.v1+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def check(home):
    port = free_port()
    os.environ["NIGHTJAR_PUBLISH_REGISTRY"] = f"http://127.0.0.1:{port}"
    cluster = Cluster(alerts=1, nightjar_test_thirds=1, nightjar_deadletters=1)
    broker = Broker(home / "registry", cluster)
    server = None
    try:
        broker.start()
        broker.deploy()
        produce(cluster, "alerts", range(1, COUNT + 1))
        until(lambda: any("registry" in reason for reason in broker.reasons()), 60, "that the registry is missed", broker)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Registry)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        messages = read_topic(cluster, cluster.hits, COUNT // 3, seconds=90)
        for got in messages:
            value = got.value()
            number = int.from_bytes(value[1:5], "big")
            (subject, schema), = [key for key, known in SCHEMAS.items() if known == number]
            assert subject == f"{cluster.hits}-value", subject
            record = fastavro.schemaless_reader(io.BytesIO(value[5:]), fastavro.parse_schema(json.loads(schema)))
            assert record["filter"] == "thirds", record
        print(f"{len(messages)} records with ids of the registry")
    finally:
        broker.kill()
        cluster.close()
        if server:
            server.shutdown()


with folder() as name:
    check(pathlib.Path(name))
