"""From a Kafka topic through filters to Kafka topics, read back by confluent-kafka's AvroDeserializer through our own
schema endpoints, by fastavro from containers, and as JSON.

    NIGHTJAR=.build/debug/nightjar python Tests/cli/test_kafka_formats.py
"""
import io
import json

import fastavro
from kafka_support import Broker, Cluster, alert, check_identities, folder, produce, read_topic, until

from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

COUNT, PARTITIONS = 600, 3
COLUMNS = ["diaSourceId", "diaObjectId", "ra", "dec", "midpointMjdTai", "band", "psfFlux"]
HITS = [number for number in range(1, COUNT + 1) if number % 3 == 0]


def check_row(row, where):
    row = {**row, **row["selected"]}
    assert set(COLUMNS) <= set(row) and row["filter"] == "thirds", sorted(row)
    source = alert(int(row["diaSourceId"]))["diaSource"]
    assert source["diaSourceId"] % 3 == 0, row
    for name in ("diaObjectId", "band", "ra", "dec", "midpointMjdTai"):
        got = int(row[name]) if name == "diaObjectId" else row[name]
        assert got == source[name], (where, name, row[name], source[name])
    assert abs(row["psfFlux"] - source["psfFlux"]) < 1e-6 * abs(source["psfFlux"]), row
    return source["diaSourceId"]


def read_confluent(broker, messages, topic):
    registry = SchemaRegistryClient({"url": broker.url})
    assert f"{topic}-value" in registry.get_subjects()
    latest = registry.get_latest_version(f"{topic}-value")
    assert int.from_bytes(messages[0].value()[1:5], "big") == latest.schema_id
    deserializer = AvroDeserializer(registry)
    context = SerializationContext(topic, MessageField.VALUE)
    return [deserializer(got.value(), context) for got in messages]


def read_container(_, messages, topic):
    rows = []
    for got in messages:
        records = list(fastavro.reader(io.BytesIO(got.value())))
        assert len(records) == 1
        rows += records
    return rows


def read_json(_, messages, topic):
    return [json.loads(got.value()) for got in messages]


def check(form, read, home):
    cluster = Cluster(alerts=PARTITIONS, nightjar_test_thirds=2, nightjar_deadletters=1)
    broker = Broker(home / form, cluster, publish=form)
    try:
        broker.start()
        broker.deploy()
        produce(cluster, "alerts", range(1, COUNT + 1), PARTITIONS)
        until(lambda: broker.stored() == COUNT, 60, f"{COUNT} alerts are stored", broker)
        assert broker.published() == len(HITS), broker.published()
        messages = read_topic(cluster, cluster.hits, len(HITS))
        check_identities(messages, cluster.hits, len(HITS))
        assert len(messages) == len(HITS), "without a restart nothing comes twice"
        ids = [check_row(row, form) for row in read(broker, messages, cluster.hits)]
        assert sorted(ids) == HITS
        for got, number in zip(messages, ids):
            assert got.key() == str(10**9 + number).encode(), (got.key(), number)
        assert broker.reasons() == [], broker.reasons()
        assert broker.metric("nightjar_kafka_messages_total") == COUNT
        until(lambda: broker.metric("nightjar_kafka_lag") == 0, 10, "no lag is left", broker)
        until(lambda: broker.metric("nightjar_kafka_acknowledged_total") == len(HITS), 10, "all is acknowledged", broker)
        print(f"{form}: {len(HITS)} records read back; stopped in {broker.stop():.1f} s")
    finally:
        broker.kill()
        cluster.close()


def check_dead_letters(home):
    """What cannot be read is a topic too, with a schema of its own."""
    from confluent_kafka import Producer
    cluster = Cluster(alerts=1, nightjar_deadletters=1)
    broker = Broker(home / "deadletters", cluster)
    try:
        broker.start("--accept-dead-letters")
        producer = Producer({"bootstrap.servers": cluster.bootstrap})
        for value in (b"\x00\x00\x00\x03\xe8short", b"no frame at all", b""):
            producer.produce(cluster.name("alerts"), value, partition=0)
        assert producer.flush(10) == 0
        until(lambda: broker.stored() == 3, 30, "three messages are stored", broker)
        topic = next(entry["topic"] for entry in broker.status()["topics"] if "dead" in entry["topic"])
        messages = read_topic(cluster, topic, 3)
        check_identities(messages, topic, 3)
        rows = read_confluent(broker, messages, topic)
        print("deadletters:", sorted(rows[0]))
        assert {row["topic"] for row in rows} == {cluster.name("alerts")}, rows
        assert sorted(row["offset"] for row in rows) == [0, 1, 2], rows
        broker.stop()
    finally:
        broker.kill()
        cluster.close()


with folder() as name:
    import pathlib
    home = pathlib.Path(name)
    check("avro", read_confluent, home)
    check("container", read_container, home)
    check("json", read_json, home)
    check_dead_letters(home)
