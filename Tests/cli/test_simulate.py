"""nightjar simulate: the three forms of files and Kafka bring the same alerts, truth and catalogue go with them."""
import csv
import json
import os
import pathlib
import subprocess
import sys
import tempfile

NIGHTJAR = os.environ["NIGHTJAR"]
SMALL = ["--nights", "2", "--visits", "2", "--alerts", "60", "--seed", "7"]


def nightjar(*arguments, status=0, stdin=None):
    result = subprocess.run(
        [NIGHTJAR, *map(str, arguments)], capture_output=True, text=True, timeout=120, input=stdin)
    assert result.returncode == status, f"{arguments}: {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result


def alerts(*paths):
    lines = nightjar("decode", *paths).stdout.splitlines()
    return [json.loads(line) for line in lines]


def without_container_differences(rows):
    return sorted(json.dumps(row, sort_keys=True) for row in rows)


def check_files(home):
    truth, catalogue = home / "truth.csv", home / "catalogue.csv"
    nightjar("simulate", *SMALL, "--out", home / "all.zst", "--truth", truth, "--catalogue", catalogue)
    nightjar("simulate", *SMALL, "--out", home / "all.avro", "--format", "container")
    nightjar("simulate", *SMALL, "--out", home / "messages", "--format", "messages")
    nightjar("simulate", *SMALL, "--out", f"{home}/visits/")
    framed = alerts(home / "all.zst")
    assert len(framed) > 100
    wanted = without_container_differences(framed)
    assert without_container_differences(alerts(home / "all.avro")) == wanted
    assert without_container_differences(alerts(home / "messages")) == wanted
    assert without_container_differences(alerts(home / "visits")) == wanted
    assert len(list((home / "messages").iterdir())) == len(framed)
    visits = {str(row["diaSource"]["visit"]) for row in framed}
    assert {path.stem for path in (home / "visits").iterdir()} == visits

    rows = list(csv.DictReader(truth.open()))
    assert [row["diaSourceId"] for row in rows] == [str(row["diaSourceId"]) for row in framed]
    assert {"artefact", "Solar System object"} <= {row["class"] for row in rows}
    for row, alert in zip(rows, framed):
        named = alert["ssSource"]["ssObjectId"] if alert["ssSource"] else ""
        assert row["packet_ssObjectId"] == str(named), row
        assert (row["class"] == "Solar System object") == (row["ssObjectId"] != "") == (row["population"] != "")
    assert catalogue.read_text().startswith("source_id,ra,dec")

    again = home / "again.zst"
    nightjar("simulate", *SMALL, "--out", again)
    assert again.read_bytes() == (home / "all.zst").read_bytes(), "the same seed must give the same bytes"


def check_versions(home):
    for version in ["10.0", "11.0", "11.1"]:
        path = home / f"{version}.avro"
        nightjar("simulate", "--nights", 1, "--visits", 1, "--alerts", 20, "--schema", version, "--format", "container", "--out", path)
        assert len(alerts(path)) >= 20, version
    path = home / "cutouts.zst"
    nightjar("simulate", "--nights", 1, "--visits", 1, "--alerts", 20, "--cutouts", "--out", path)
    assert all(row["cutoutDifference"]["len"] > 1000 for row in alerts(path))
    nightjar("simulate", "--nights", 1, "--visits", 1, "--alerts", 100, "--duplicates", "0.3", "--out", path)
    ids = [row["diaSourceId"] for row in alerts(path)]
    assert len(ids) > len(set(ids)) >= 90


def check_ingest(home):
    data = home / "data"
    summary = json.loads(nightjar("ingest", home / "all.zst", "--data", data, "--format", "json").stdout)
    count = len(alerts(home / "all.zst"))
    assert summary["nightjar_received_total"] == count, summary
    assert summary["nightjar_received_total"] == summary["nightjar_decoded_total"]
    assert summary["conserved"] is True
    status = json.loads(nightjar("status", "--data", data).stdout)
    assert status["counters"]["nightjar_received_total"] == count
    for name, value in status["counters"].items():
        assert summary[name] == value, name
    # The same file again: nothing is read twice.
    assert json.loads(nightjar("ingest", home / "all.zst", "--data", data, "--format", "json").stdout).get("nightjar_received_total", 0) == 0


def check_kafka(home):
    mock = subprocess.Popen(
        [NIGHTJAR, "mock-kafka", "--topic", "alerts:3"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        servers = json.loads(mock.stdout.readline())["bootstrap_servers"]
        nightjar("simulate", *SMALL, "--kafka", servers, "--topic", "alerts", "--partitions", 3)
        try:
            import confluent_kafka
        except ImportError:
            print("skipped: reading back needs confluent-kafka")
            return
        consumer = confluent_kafka.Consumer(
            {"bootstrap.servers": servers, "group.id": "test", "auto.offset.reset": "earliest", "enable.partition.eof": True})
        consumer.subscribe(["alerts"])
        values, partitions_of, ended = [], {}, set()
        while len(ended) < 3:
            message = consumer.poll(30)
            assert message is not None, "the topic ends early"
            if message.error():
                ended.add(message.partition())
                continue
            values.append(message.value())
            headers = dict(message.headers())
            assert float(headers["producer_timestamp"]) > 1.7e12 and message.key() is None
            path = home / "one.alert"
            if len(values) % 10 == 1:
                path.write_bytes(message.value())
                source = int(alerts(path)[0]["diaSourceId"])
                assert partitions_of.setdefault(source >> 19, message.partition()) == message.partition()
        consumer.close()
        framed = home / "from-kafka"
        framed.write_bytes(b"".join(len(value).to_bytes(4, "big") + value for value in values))
        assert without_container_differences(alerts(framed)) == without_container_differences(alerts(home / "all.zst"))
    finally:
        mock.stdin.close()
        assert mock.wait(10) == 0


def check_refusals(home):
    assert "--out" in nightjar("simulate", status=2).stderr
    assert "0 to 1" in nightjar("simulate", "--out", home / "x", "--duplicates", "2", status=2).stderr
    assert "11.1" in nightjar("simulate", "--out", home / "x", "--schema", "9.9", status=2).stderr
    assert "cannot write" in nightjar("simulate", "--out", home / "no" / "where.zst", status=2).stderr
    assert "--topic" in nightjar("simulate", "--kafka", "localhost:1", status=2).stderr


def check_settings():
    file = pathlib.Path(__file__).resolve().parents[2] / "Deploy" / "nightjar.yaml"
    assert nightjar("help", "configuration").stdout == file.read_text(), "make it anew: nightjar help configuration"
    assert "mock-kafka" not in nightjar("help").stdout and "mock-kafka" in nightjar("help", "mock-kafka").stdout


with tempfile.TemporaryDirectory() as name:
    home = pathlib.Path(name)
    check_files(home)
    check_versions(home)
    check_ingest(home)
    check_kafka(home)
    check_refusals(home)
    check_settings()
print("simulate: ok")
sys.exit(0)
