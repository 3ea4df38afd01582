#!/usr/bin/env python3
"""Reads a topic with confluent-kafka and checks what the sink's test sent: read_back.py SERVERS TOPIC COUNT."""
import sys
import time

from confluent_kafka import Consumer, TopicPartition

servers, topic, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
consumer = Consumer({"bootstrap.servers": servers, "group.id": "read-back", "auto.offset.reset": "earliest"})
partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
seen = {}
deadline = time.monotonic() + 20
while len(seen) < count and time.monotonic() < deadline:
    message = consumer.poll(0.2)
    if message is None:
        continue
    assert not message.error(), message.error()
    identity = dict(message.headers())["nightjar-id"].decode()
    number = int(identity.removeprefix(topic + "/"))
    assert number not in seen, f"{identity} came twice"
    assert message.key().decode() == str(number % 4), (identity, message.key())
    assert message.timestamp()[1] == 1_770_000_000_000 + number, (identity, message.timestamp())
    assert message.value()[:5] == b"\x00\x00\x00\x03\xe8" and message.value()[5] == number * 7 & 0xFF
    seen[number] = (message.partition(), message.offset())
consumer.close()
assert len(seen) == count, f"{len(seen)} of {count} records"
for partition in partitions:
    order = [number for number, place in sorted(seen.items(), key=lambda item: item[1]) if place[0] == partition]
    assert order == sorted(order), f"partition {partition} is out of order"
assert len({(number % 4, place[0]) for number, place in seen.items()}) == min(4, count), "a key is in two partitions"
print(f"confluent-kafka read {count} records back")
