"""Restarts in the middle: nothing that passed a filter is lost, what comes twice says so, the database's offsets decide.

    NIGHTJAR=.build/debug/nightjar python Tests/cli/test_kafka_restart.py
"""
import pathlib
import random
import signal
import threading
import time

from confluent_kafka import Consumer, TopicPartition
from kafka_support import Broker, Cluster, check_identities, folder, produce, read_topic, until

PARTITIONS = 2
SEED = random.randrange(1 << 30)


def restarts(home, rng):
    """SIGTERM and kill -9 at random moments while alerts keep coming."""
    cluster = Cluster(alerts=PARTITIONS, nightjar_test_thirds=2, nightjar_deadletters=1)
    broker = Broker(home / "restarts", cluster)
    total = 1200
    try:
        broker.start()
        broker.deploy()

        def trickle():
            for first in range(1, total + 1, 40):
                produce(cluster, "alerts", range(first, first + 40), PARTITIONS)
                time.sleep(0.25)

        feeder = threading.Thread(target=trickle)
        feeder.start()
        kills = 0
        while feeder.is_alive() or kills < 4:
            time.sleep(rng.uniform(0.5, 2))
            if kills % 2 == 0:
                broker.kill()
            else:
                broker.stop()
            kills += 1
            broker.start()
            if kills == 5:
                break
        feeder.join()
        until(lambda: broker.stored() == total, 90, f"{total} messages are stored", broker)
        counters = broker.status()["counters"]
        assert broker.published() == total // 3, (broker.published(), counters)
        messages = read_topic(cluster, cluster.hits, total // 3)
        check_identities(messages, cluster.hits, total // 3)
        print(f"{kills} restarts: {total // 3} publications, {len(messages) - total // 3} of them twice")
        broker.stop()
    finally:
        broker.kill()
        cluster.close()


def database_wins(home):
    """Offsets committed to Kafka by somebody else move nothing; a restart reads on where the database stands."""
    cluster = Cluster(alerts=1)
    broker = Broker(home / "offsets", cluster, publish=None)
    try:
        broker.start()
        produce(cluster, "alerts", range(1, 101))
        until(lambda: broker.stored() == 100, 60, "100 messages are stored", broker)
        broker.stop()
        for foreign in (5, 150):
            produce(cluster, "alerts", range(foreign * 100, foreign * 100 + 100))
            commit_as_member(cluster, foreign)
            before = 100 if foreign == 5 else 200
            broker.start()
            until(lambda: broker.stored() == before + 100, 60, "100 more are stored", broker)
            counters = broker.status()["counters"]
            received = next(value for name, value in counters.items() if name.startswith("nightjar_received"))
            assert received == before + 100, counters
            broker.stop()
        print("the database's offsets win over the group's")
    finally:
        broker.kill()
        cluster.close()


def commit_as_member(cluster, offset):
    """Another program of the same group commits an offset that is not ours; the mock takes it from members only."""
    other = Consumer({"bootstrap.servers": cluster.bootstrap, "group.id": cluster.group, "enable.auto.commit": False,
                      "partition.assignment.strategy": "cooperative-sticky", "session.timeout.ms": 6000})
    other.subscribe([cluster.name("alerts")])
    deadline = time.monotonic() + 30
    while not other.assignment() and time.monotonic() < deadline:
        other.poll(0.2)
    other.commit(offsets=[TopicPartition(cluster.name("alerts"), 0, offset)], asynchronous=False)
    other.close()


def zombie(home):
    """Two brokers with databases of their own in one group; one is paused, loses its partitions, and comes back."""
    cluster = Cluster(alerts=4)
    one, two = (Broker(home / name, cluster, publish=None) for name in ("one", "two"))
    try:
        one.start()
        two.start()
        both = (one, two)
        until(lambda: all(2 == len(lags(broker)) for broker in both), 60, "two partitions each", two)
        produce(cluster, "alerts", range(1, 401), 4)
        until(lambda: one.stored() + two.stored() == 400, 60, "all 400 are stored", two)
        assert not set(one.offsets()) & set(two.offsets()), "a partition was read by both"
        one.process.send_signal(signal.SIGSTOP)
        produce(cluster, "alerts", range(401, 801), 4)
        until(lambda: two.stored() == 800, 60, "the other takes over, from the beginning where its database is empty", two)
        one.process.send_signal(signal.SIGCONT)
        until(lambda: len(lags(one)) == 2 and len(lags(two)) == 2, 60, "they share again", one)
        mine = set(lags(one))
        produce(cluster, "alerts", range(801, 1001), 4)
        until(lambda: all(one.offsets().get(place) == 250 for place in mine), 60, "the zombie has all of its share", one)
        for broker in both:
            counters = broker.status()["counters"]
            duplicates = sum(value for name, value in counters.items() if "duplicate" in name)
            received = sum(value for name, value in counters.items() if name.startswith("nightjar_received"))
            assert received == broker.stored() and duplicates == 0, counters
            assert broker.metric("nightjar_kafka_rebalances_total") >= 2
        print("zombie: two databases, each without gap or double")
        one.stop()
        two.stop()
    finally:
        one.kill()
        two.kill()
        cluster.close()


def lags(broker):
    """(topic, partition) of the partitions that a broker owns."""
    owned = []
    for line in (broker.get("/metrics") or "").splitlines():
        if line.startswith("nightjar_kafka_lag{") and not line.endswith("NaN"):
            labels = dict(part.split("=") for part in line[line.index("{") + 1:line.index("}")].split(","))
            owned.append((broker.cluster.base(labels["topic"].strip('"')), int(labels["partition"].strip('"'))))
    return owned


print(f"seed {SEED}")
with folder() as name:
    restarts(pathlib.Path(name), random.Random(SEED))
    database_wins(pathlib.Path(name))
    zombie(pathlib.Path(name))
