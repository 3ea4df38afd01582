"""What the Kafka suites share: a mock cluster in a process of its own, alerts written by fastavro, brokers that run."""
import io
import json
import os
import pathlib
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

try:
    import fastavro
    from confluent_kafka import Consumer, Producer, TopicPartition
except ImportError as error:
    print(f"skipped: {error}")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
NIGHTJAR = os.environ.get("NIGHTJAR", str(ROOT / ".build" / "release" / "nightjar"))
SCHEMA = fastavro.parse_schema(json.loads((ROOT / "Schemas" / "lsst" / "10.0.json").read_text()))
SCHEMA_ID = 1000
FILTER = """-- title: A third of everything
-- owner: test
-- topic: thirds
SELECT diaSourceId, diaObjectId, ra, dec, midpointMjdTai, band, psfFlux
FROM alert
WHERE MOD(diaSourceId, 3) = 0
"""
TOPIC = "nightjar_test_thirds"
#: A member that was killed is missed after 6 s, and new topics are seen within one.
QUICK = {"session.timeout.ms": 6000, "heartbeat.interval.ms": 1000, "topic.metadata.refresh.interval.ms": 1000}


class Mock:
    """librdkafka's mock cluster in a process of its own."""

    def __init__(self, **topics):
        words = [word for name, count in topics.items() for word in ("--topic", f"{name}:{count}")]
        self.process = subprocess.Popen(
            [NIGHTJAR, "mock-kafka", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.bootstrap = json.loads(self.process.stdout.readline())["bootstrap_servers"]

    def command(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer == "ok", f"the mock answers {answer!r} to {line!r}"

    def close(self):
        self.process.stdin.close()
        self.process.wait(20)


def alert(number):
    """An alert that follows from its number alone, in the least that the schema wants."""
    rng = random.Random(number)
    visit, mjd = 2026020100000 + number // 100, 61000 + number / 1e5
    ra, dec = 10 + number % 1000 * 0.01, -20 + number // 1000 * 0.01
    source = {
        "diaSourceId": number, "visit": visit, "detector": number % 100, "diaObjectId": 10**9 + number,
        "midpointMjdTai": mjd, "ra": ra, "dec": dec, "x": 1.5, "y": 2.5, "timeProcessedMjdTai": mjd + 0.001,
        "band": "ugrizy"[number % 6], "psfFlux": rng.gauss(1e4, 1e3), "psfFluxErr": 100.0, "reliability": 0.9}
    dia_object = {
        "diaObjectId": 10**9 + number, "validityStartMjdTai": mjd, "ra": ra, "dec": dec, "nDiaSources": 1}
    return {"diaSourceId": number, "diaSource": source, "prvDiaSources": None, "prvDiaForcedSources": None,
            "diaObject": dia_object, "ssSource": None, "mpc_orbits": None}


def message(number):
    body = io.BytesIO()
    fastavro.schemaless_writer(body, SCHEMA, alert(number))
    return struct.pack(">bI", 0, SCHEMA_ID) + body.getvalue()


def produce(bootstrap, topic, numbers, partitions=1, padding=0):
    producer = Producer({"bootstrap.servers": bootstrap, "linger.ms": 5})
    for number in numbers:
        stamp = f"{time.time() * 1000:.3f}".encode()
        producer.produce(
            topic, message(number) + bytes(padding), partition=number % partitions,
            headers=[("producer_timestamp", stamp)])
        producer.poll(0)
    assert producer.flush(30) == 0, "the mock took no messages"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def properties(settings):
    return "  properties:\n" + "".join(f"    {name}: {value}\n" for name, value in settings.items())


class Broker:
    """`nightjar run` with a data directory and a configuration file of its own."""

    def __init__(self, folder, bootstrap, topics="alerts", publish="avro", publish_bootstrap=None, group="test", extra=""):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.data = self.folder / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.token = "0123456789abcdef0123456789abcdef"
        (self.folder / "token").write_text(self.token)
        published = "" if publish is None else (
            f"publish:\n  bootstrap: {publish_bootstrap or bootstrap}\n  format: {publish}\n")
        self.configuration = self.folder / "nightjar.yaml"
        self.configuration.write_text(
            f"data: {self.data}\nport: {self.port}\nhttp:\n  token_file: {self.folder / 'token'}\n"
            f"kafka:\n  bootstrap: {bootstrap}\n  topics: [\"{topics}\"]\n  group: {group}\n"
            f"{extra or properties(QUICK)}{published}")
        self.process = None

    def start(self, *options, wait=True):
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen(
            [NIGHTJAR, "run", "--config", str(self.configuration), "--format", "json", *options],
            stdout=self.log, stderr=self.log)
        if wait:
            until(lambda: self.get("/healthz") is not None, 30, "the broker serves", self)
        return self

    def get(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=10) as answer:
                return answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.read().decode()
        except OSError:
            return None

    def status(self):
        return json.loads(self.get("/api/v1/status"))

    def reasons(self):
        answer = self.get("/readyz")
        return [] if answer is None else json.loads(answer)["reasons"]

    def metric(self, name):
        """The sum of a metric's samples over all labels; None when there is none."""
        samples = [line.rsplit(" ", 1) for line in (self.get("/metrics") or "").splitlines()
                   if line.startswith((name + " ", name + "{"))]
        return sum(float(value) for _, value in samples) if samples else None

    def offsets(self):
        return {(entry["topic"], entry["partition"]): entry["next_offset"] for entry in self.status()["inputs"]}

    def stored(self):
        """Messages of which the database knows."""
        return sum(self.offsets().values())

    def published(self, topic=TOPIC):
        return next((entry["next"] for entry in self.status()["topics"] if entry["topic"] == topic), 0)

    def deploy(self, text=FILTER, name="thirds"):
        path = self.folder / f"{name}.sql"
        path.write_text(text)
        subprocess.run(
            [NIGHTJAR, "filter", "deploy", str(path), "--data", str(self.data)], check=True, stdout=subprocess.DEVNULL)

    def stop(self, seconds=10):
        """SIGTERM; the exit must be 0 within the promised time."""
        begin = time.monotonic()
        self.process.terminate()
        try:
            code = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"still running {seconds} s after SIGTERM\n{self.tail()}")
        assert code == 0, f"exit status {code}\n{self.tail()}"
        return time.monotonic() - begin

    def kill(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGCONT)
            self.process.kill()
            self.process.wait()

    def tail(self):
        """The end of the log, or a crash and what led to it."""
        lines = (self.folder / "log").read_text(errors="replace").splitlines()
        crash = next((number for number, line in enumerate(lines) if "rashed" in line or line.startswith("***")), None)
        return "\n".join(lines[-25:] if crash is None else lines[max(0, crash - 15):crash + 40])


def until(condition, seconds, what, broker=None):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        value = condition()
        if value:
            return value
        if broker and broker.process and broker.process.poll() is not None:
            raise AssertionError(f"the broker ended with {broker.process.returncode}: {what}\n{broker.tail()}")
        time.sleep(0.1)
    raise AssertionError(f"not within {seconds} s: {what}\n" + (broker.tail() if broker else ""))


def read_topic(bootstrap, topic, identities, seconds=30):
    """All messages of a topic, until so many different `nightjar-id`s were seen; sorted by partition and offset."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": f"reader-{random.random()}",
                         "auto.offset.reset": "earliest", "enable.auto.commit": False})
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    messages, seen = [], set()
    deadline = time.monotonic() + seconds
    quiet = 0
    while time.monotonic() < deadline and quiet < 5:
        got = consumer.poll(0.2)
        if got is None:
            quiet += 1 if len(seen) >= identities else 0
            continue
        assert not got.error(), got.error()
        messages.append(got)
        seen.add(dict(got.headers())["nightjar-id"].decode())
    consumer.close()
    return sorted(messages, key=lambda got: (got.partition(), got.offset()))


def check_identities(messages, topic, count):
    """Every offset of the topic is there, dense from 0; what came twice came with the same bytes; a partition is in order."""
    first, last = {}, {}
    for got in messages:
        identity = dict(got.headers())["nightjar-id"].decode()
        assert identity.startswith(topic + "/"), identity
        number = int(identity[len(topic) + 1:])
        if number not in first:
            assert number > last.get(got.partition(), -1), f"{identity} came after a later one"
            last[got.partition()] = number
        assert first.setdefault(number, (got.key(), got.value())) == (got.key(), got.value()), f"{identity} changed"
    missing = sorted(set(range(count)) - set(first))
    assert sorted(first) == list(range(count)), f"{topic}: {len(first)} of {count} identities, missing {missing[:10]}"
    return first


def folder():
    return tempfile.TemporaryDirectory(prefix="nightjar-kafka-")
