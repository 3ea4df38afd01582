"""The Kafka suites against a broker that runs already: KAFKA_BOOTSTRAP names one, here a mock in a process of its own.

    NIGHTJAR=.build/debug/nightjar python Tests/cli/test_kafka_bootstrap.py
"""
import os
import pathlib
import subprocess
import sys

from kafka_support import REAL, Cluster

if REAL:
    print("skipped: KAFKA_BOOTSTRAP is set, so the suites run against that broker anyway")
    sys.exit(77)
here = pathlib.Path(__file__).parent
broker = Cluster(own=True)
try:
    for name in ("test_kafka_formats.py", "test_kafka_registry.py"):
        done = subprocess.run(
            [sys.executable, here / name], env=dict(os.environ, KAFKA_BOOTSTRAP=broker.bootstrap), timeout=240)
        assert done.returncode == 0, f"{name} ended with {done.returncode}"
    from confluent_kafka.admin import AdminClient
    topics = set(AdminClient({"bootstrap.servers": broker.bootstrap}).list_topics(timeout=10).topics)
    tokens = {topic.rsplit("_", 1)[1] for topic in topics if topic.startswith("alerts_")}
    assert "alerts" not in topics and len(tokens) == 5, topics
    print(f"{len(tokens)} tests had topics of their own on one broker")
finally:
    broker.close()
