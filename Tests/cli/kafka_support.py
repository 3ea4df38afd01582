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
import uuid

try:
    import fastavro
    from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition
    from confluent_kafka.admin import AdminClient, NewTopic
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
#: A member that was killed is missed after 6 s, and new topics are seen within one.
QUICK = {"session.timeout.ms": 6000, "heartbeat.interval.ms": 1000, "topic.metadata.refresh.interval.ms": 1000}


#: A real broker (or any that runs already) instead of the mock: host:port of it.
REAL = os.environ.get("KAFKA_BOOTSTRAP")


class Cluster:
    """The Kafka cluster of one test: librdkafka's mock in a process of its own, or the one that KAFKA_BOOTSTRAP names.

    On that one every test has topics and a group of names of its own, and deletes the topics in the end. `own=True` takes a mock in
    any case: for tests that stop brokers or rely on what the mock keeps.
    """
    makes_topics = True

    def __init__(self, own=False, **topics):
        self.token, self.made, self.starts = "", [], {}
        if REAL and not own:
            self.token, self.bootstrap, self.process = uuid.uuid4().hex[:8], REAL, None
            for name, count in topics.items():
                self.create(name, count)
            return
        words = [word for name, count in topics.items() for word in ("--topic", f"{name}:{count}")]
        self.process = subprocess.Popen(
            [NIGHTJAR, "mock-kafka", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.bootstrap = json.loads(self.process.stdout.readline())["bootstrap_servers"]

    def name(self, topic):
        """What a test's topic is called here. The topic of dead letters has one name everywhere."""
        if not self.token or topic == "nightjar_deadletters":
            return topic
        if topic.startswith("nightjar_test_"):
            return topic.replace("nightjar_test_", f"nightjar_test{self.token}_")
        return f"{topic}_{self.token}"

    def base(self, topic):
        """The test's own name of a topic."""
        return topic.removesuffix(f"_{self.token}") if self.token else topic

    def pattern(self, begin):
        return f"^{begin}.*{self.token}"

    @property
    def hits(self):
        """The topic of the filter `thirds`."""
        return self.name("nightjar_test_thirds")

    @property
    def group(self):
        return f"test{self.token}"

    def create(self, topic, partitions):
        """Makes a topic; where the cluster has no such request (librdkafka's mock), by asking for it."""
        if self.process:
            return self.command(f"topic {topic} {partitions}")
        name = self.name(topic)
        admin = AdminClient({"bootstrap.servers": self.bootstrap})
        if name in admin.list_topics(timeout=10).topics:
            self.starts[name] = self.ends(name)
            return None
        if Cluster.makes_topics:
            try:
                new = NewTopic(name, partitions, replication_factor=-1)
                admin.create_topics([new], request_timeout=5)[name].result(10)
                self.made.append(name)
            except KafkaException as error:
                # The mock never answers: then whoever asks for a topic makes it, with four partitions.
                if error.args[0].code() not in (
                        KafkaError._UNSUPPORTED_FEATURE, KafkaError.UNSUPPORTED_VERSION, KafkaError._TIMED_OUT):
                    raise
                Cluster.makes_topics = False
        until(lambda: admin.list_topics(name, timeout=10).topics[name].error is None, 20, f"topic {name} is there")
        return None

    def ends(self, name):
        """Where a topic that others use, too, ends before the test."""
        consumer = Consumer({"bootstrap.servers": self.bootstrap, "group.id": f"ends-{self.token}"})
        partitions = consumer.list_topics(name, timeout=10).topics[name].partitions
        ends = {number: consumer.get_watermark_offsets(TopicPartition(name, number), timeout=10)[1] for number in partitions}
        consumer.close()
        return ends

    def command(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().strip()
        assert answer == "ok", f"the mock answers {answer!r} to {line!r}"

    def close(self):
        if self.process:
            self.process.stdin.close()
            self.process.wait(20)
        elif self.made:
            for done in AdminClient({"bootstrap.servers": self.bootstrap}).delete_topics(self.made).values():
                done.result(10)


class Nowhere(Cluster):
    """An address at which nobody may answer."""

    def __init__(self, bootstrap):
        self.token, self.bootstrap = "", bootstrap


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


def produce(cluster, topic, numbers, partitions=1, padding=0):
    producer = Producer({"bootstrap.servers": cluster.bootstrap, "linger.ms": 5})
    topic = cluster.name(topic)
    for number in numbers:
        stamp = f"{time.time() * 1000:.3f}".encode()
        producer.produce(
            topic, message(number) + bytes(padding), partition=number % partitions,
            headers=[("producer_timestamp", stamp)])
        producer.poll(0)
    assert producer.flush(30) == 0, "the cluster took no messages"


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def properties(settings):
    return "  properties:\n" + "".join(f"    {name}: {value}\n" for name, value in settings.items())


class Broker:
    """`nightjar run` with a data directory and a configuration file of its own."""

    def __init__(self, folder, cluster, topics="alerts", publish="avro", sink=None, extra=""):
        self.cluster = cluster
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.data = self.folder / "data"
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.token = "0123456789abcdef0123456789abcdef"
        (self.folder / "token").write_text(self.token)
        published = "" if publish is None else (
            f"publish:\n  bootstrap: {(sink or cluster).bootstrap}\n  format: {publish}\n")
        self.configuration = self.folder / "nightjar.yaml"
        self.configuration.write_text(
            f"data: {self.data}\nport: {self.port}\nhttp:\n  token_file: {self.folder / 'token'}\n"
            f"kafka:\n  bootstrap: {cluster.bootstrap}\n"
            f"  topics: [\"{topics if topics.startswith('^') else cluster.name(topics)}\"]\n  group: {cluster.group}\n"
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
        return {(self.cluster.base(entry["topic"]), entry["partition"]): entry["next_offset"] for entry in self.status()["inputs"]}

    def stored(self):
        """Messages of which the database knows."""
        return sum(self.offsets().values())

    def published(self):
        return next((entry["next"] for entry in self.status()["topics"] if entry["topic"] == self.cluster.hits), 0)

    def deploy(self, text=FILTER, name="thirds"):
        path = self.folder / f"{name}.sql"
        path.write_text(text.replace("owner: test\n", f"owner: test{self.cluster.token}\n"))
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


def read_topic(cluster, topic, identities, seconds=30):
    """All messages of a topic, until so many different `nightjar-id`s were seen; sorted by partition and offset."""
    consumer = Consumer({"bootstrap.servers": cluster.bootstrap, "group.id": f"reader-{random.random()}",
                         "auto.offset.reset": "earliest", "enable.auto.commit": False})
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    starts = cluster.starts.get(topic, {})
    consumer.assign([TopicPartition(topic, partition, starts.get(partition, 0)) for partition in partitions])
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
