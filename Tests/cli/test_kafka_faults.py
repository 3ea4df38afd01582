"""Brokers that are away, offsets that expired, topics by pattern, settings that cannot be.

    NIGHTJAR=.build/debug/nightjar python Tests/cli/test_kafka_faults.py
"""
import pathlib
import subprocess
import time

from kafka_support import NIGHTJAR, Broker, Cluster, Nowhere, check_identities, folder, free_port, produce, read_topic, until


def away(home):
    """Down at the start and in the middle: it waits, says why, and goes on; a stop meanwhile is in time, too."""
    cluster = Cluster(own=True, alerts=1, nightjar_test_thirds=1, nightjar_deadletters=1)
    broker = Broker(home / "away", cluster)
    try:
        cluster.command("down 1")
        broker.start()
        reason = until(broker.reasons, 30, "/readyz says why", broker)
        assert any("cannot be read" in text and cluster.bootstrap in text for text in reason), reason
        assert broker.get("/healthz") == "ok\n"
        print(f"away: {reason[0][:150]}")
        took = broker.stop()
        print(f"away: stopped in {took:.1f} s with no broker from the start")
        cluster.command("up 1")
        broker.start()
        broker.deploy()
        produce(cluster, "alerts", range(1, 301))
        until(lambda: broker.stored() == 300, 60, "it goes on", broker)
        until(lambda: broker.metric("nightjar_kafka_acknowledged_total") == 100, 30, "100 are acknowledged", broker)
        until(lambda: broker.reasons() == [], 20, "ready again", broker)
        cluster.command("down 1")
        until(broker.reasons, 30, "/readyz says why in the middle, too", broker)
        cluster.command("up 1")
        until(lambda: broker.reasons() == [], 60, "ready by itself", broker)
        produce(cluster, "alerts", range(301, 601))
        until(lambda: broker.stored() == 600, 60, "reads by itself", broker)
        check_identities(read_topic(cluster, cluster.hits, 200), cluster.hits, 200)
        print("away: reads and publishes by itself when the broker is back")
        cluster.command("down 1")
        time.sleep(1)
        print(f"away: stopped in {broker.stop():.1f} s with the broker lost in the middle")
    finally:
        broker.kill()
        cluster.close()


def publisher_away(home):
    """Only the cluster that we publish to is dead: alerts are stored, nothing is lost, and the end comes in time."""
    cluster = Cluster(own=True, alerts=1)
    sink = Cluster(own=True, nightjar_test_thirds=1, nightjar_deadletters=1)
    broker = Broker(home / "sink", cluster, sink=sink)
    try:
        broker.start()
        broker.deploy()
        sink.command("down 1")
        produce(cluster, "alerts", range(1, 301))
        until(lambda: broker.stored() == 300 and broker.published() == 100, 60, "alerts are stored", broker)
        reasons = until(broker.reasons, 40, "/readyz names the topic", broker)
        assert any(sink.hits in text for text in reasons), reasons
        print(f"sink away: {reasons[0][:150]}")
        print(f"sink away: stopped in {broker.stop():.1f} s")
        sink.command("up 1")
        broker.start()
        check_identities(read_topic(sink, sink.hits, 100), sink.hits, 100)
        broker.stop()
        print("sink away: all is published after the next start")
    finally:
        broker.kill()
        cluster.close()
        sink.close()


def expired(home):
    """The mock keeps 5 MB a partition: what the database stands at goes away while the broker is stopped."""
    cluster = Cluster(own=True, alerts=2)
    broker = Broker(home / "expired", cluster, publish=None)
    try:
        broker.start()
        produce(cluster, "alerts", range(2, 102), 2)
        until(lambda: broker.stored() == 100, 60, "100 are stored", broker)
        broker.stop()
        produce(cluster, "alerts", range(1000, 1120, 2), 2, padding=200_000)
        broker.start("--accept-dead-letters")
        reasons = until(broker.reasons, 40, "/readyz names the partition", broker)
        assert any("partition 0 of alerts stopped" in text and "50" in text and "--accept-gap" in text
                   for text in reasons), reasons
        assert broker.metric("nightjar_kafka_expired_offsets_total") == 1
        assert broker.metric("nightjar_kafka_partition_stopped") == 1
        produce(cluster, "alerts", range(2001, 2101, 2), 2)
        until(lambda: broker.offsets()[("alerts", 1)] == 100, 30, "the other partition goes on", broker)
        assert broker.offsets()[("alerts", 0)] == 50
        broker.stop()
        broker.start("--accept-gap", "--accept-dead-letters")
        until(lambda: broker.offsets()[("alerts", 0)] == 110, 60, "--accept-gap goes on", broker)
        assert broker.metric("nightjar_kafka_expired_offsets_total") == 1
        broker.stop()
        print(f"expired: {reasons[0][:170]}")
    finally:
        broker.kill()
        cluster.close()


def remade(home):
    """A topic of the same name on a cluster that begins anew: the stored offset is beyond its end."""
    first, second = Cluster(own=True, alerts=1), Cluster(own=True, alerts=1)
    broker = Broker(home / "remade", first, publish=None)
    try:
        broker.start()
        produce(first, "alerts", range(1, 101))
        until(lambda: broker.stored() == 100, 60, "100 are stored", broker)
        broker.stop()
        produce(second, "alerts", range(201, 241))
        broker = Broker(home / "remade", second, publish=None)
        broker.start()
        reasons = until(broker.reasons, 40, "/readyz names the partition", broker)
        assert any("offset 100" in text and "end 40" in text and "made anew" in text and "--accept-gap" in text
                   for text in reasons), reasons
        assert broker.offsets()[("alerts", 0)] == 100
        broker.stop()
        broker.start("--accept-gap")
        until(lambda: broker.offsets()[("alerts", 0)] == 40, 60, "it is read from its beginning", broker)
        produce(second, "alerts", range(241, 251))
        until(lambda: broker.offsets()[("alerts", 0)] == 50, 30, "and on", broker)
        new = sum(value for name, value in broker.status()["counters"].items() if name.startswith("nightjar_new"))
        assert new == 150, broker.status()["counters"]
        broker.stop()
        checked = subprocess.run([NIGHTJAR, "db", "check", "--data", str(broker.data)], capture_output=True, text=True)
        assert checked.returncode == 0, checked.stdout
        print(f"remade: {reasons[0][:170]}")
    finally:
        broker.kill()
        first.close()
        second.close()


def pattern(home):
    """A pattern takes topics that match, also those that appear later."""
    cluster = Cluster(night_1=1, night_2=2, other=1)
    broker = Broker(home / "pattern", cluster, topics=cluster.pattern("night_"), publish=None)
    try:
        broker.start()
        produce(cluster, "night_1", range(1, 51))
        produce(cluster, "night_2", range(51, 151), 2)
        produce(cluster, "other", range(900, 950))
        until(lambda: broker.stored() == 150, 60, "two topics are read", broker)
        cluster.create("night_3", 1)
        produce(cluster, "night_3", range(151, 201))
        until(lambda: broker.stored() == 200, 60, "a new topic is read", broker)
        assert {topic for topic, _ in broker.offsets()} == {"night_1", "night_2", "night_3"}
        broker.stop()
        print("pattern: topics that match are read, new ones too")
    finally:
        broker.kill()
        cluster.close()


def settings(home):
    """What librdkafka or we refuse ends the start with exit 2 and the property's name."""
    address = Nowhere(f"127.0.0.1:{free_port()}")
    password = home / "password"
    password.write_text("secret")
    cases = [
        ("  properties:\n    enable.auto.commit: true\n", "enable.auto.commit"),
        ("  properties:\n    no.such.thing: 1\n", "no.such.thing"),
        ("  security_protocol: sasl_nothing\n", "security_protocol"),
        (f"  security_protocol: sasl_plaintext\n  sasl_mechanism: WRONG\n  username: u\n  password_file: {password}\n",
         "SASL mechanism"),
        ("  password_file: /nowhere/at/all\n", "/nowhere/at/all"),
        ("  security_protocol: ssl\n  ca_file: /nowhere/ca.pem\n", "/nowhere/ca.pem"),
    ]
    for number, (extra, named) in enumerate(cases):
        broker = Broker(home / f"settings{number}", address, publish=None, extra=extra)
        done = subprocess.run(
            [NIGHTJAR, "run", "--config", str(broker.configuration)], capture_output=True, text=True, timeout=30)
        assert done.returncode in (1, 2) and named in done.stderr, (extra, done.returncode, done.stderr)
    for mechanism in ("PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"):
        extra = (f"  security_protocol: sasl_plaintext\n  sasl_mechanism: {mechanism}\n  username: u\n"
                 f"  password_file: {password}\n")
        broker = Broker(home / mechanism, address, publish=None, extra=extra).start()
        broker.stop()
    print("settings: what cannot be is refused by name; SASL's mechanisms are taken")


with folder() as name:
    home = pathlib.Path(name)
    settings(home)
    pattern(home)
    away(home)
    publisher_away(home)
    expired(home)
    remade(home)
