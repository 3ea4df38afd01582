"""nightjar filter: check, cases, deploy, history; `filter test --night` says what the deployed filter said that night."""
import csv
import http.client
import io
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile

NIGHTJAR = os.environ["NIGHTJAR"]
EXAMPLES = pathlib.Path(__file__).resolve().parents[2] / "Filters"

HISTORY = """-- owner: test
SELECT a.diaSourceId, a.diaObjectId, host.separation_arcsec,
       (SELECT COUNT(*) FROM detections AS d WHERE d.diaObjectId = a.diaObjectId) AS detection_count,
       (SELECT COUNT(*) FROM forced AS f WHERE f.diaObjectId = a.diaObjectId) AS forced_count
FROM alert AS a LEFT JOIN nearest.synthetic AS host USING (diaSourceId)
WHERE a.reliability >= 0.3 AND a.is_sso = 0 AND host.status = 'matched'
  AND (SELECT COUNT(*) FROM detections AS d WHERE d.diaObjectId = a.diaObjectId) BETWEEN 1 AND 3
"""
MOVERS = """-- owner: test
SELECT a.diaSourceId, s.helioRange FROM alert AS a INNER JOIN packet_sso AS s USING (diaSourceId)
"""
WITH_OBJECT = """-- owner: test
SELECT a.diaSourceId, o.nDiaSources FROM alert AS a INNER JOIN object AS o USING (diaObjectId) WHERE o.nDiaSources > 1
"""
# Without orbits nobody can say whose an alert is.
UNATTRIBUTED = """-- owner: test
SELECT a.diaSourceId, sso.designation, sso.packet_agreement FROM alert AS a LEFT JOIN sso USING (diaSourceId) WHERE sso.status = 'unknown'
"""
ATTRIBUTED = UNATTRIBUTED.replace("status = 'unknown'", "ephOffset < 1")
EVERYTHING = "-- owner: test\nSELECT a.diaSourceId FROM alert AS a\n"
NOTHING = "-- owner: test\nSELECT a.diaSourceId FROM alert AS a WHERE a.psfFlux > 1e30\n"


def nightjar(*arguments, status=0):
    result = subprocess.run([NIGHTJAR, *map(str, arguments)], capture_output=True, text=True, timeout=120)
    assert result.returncode == status, f"{arguments}: {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result


def write(home, name, text):
    (home / f"{name}.sql").write_text(text)
    return home / f"{name}.sql"


def check_night(home, data, path, passed):
    """The back-test's counts are those that were counted when the alerts came."""
    result = json.loads(nightjar("filter", "test", path, "--data", data, "--night", 20260312, "--limit", 100_000, "--format", "json").stdout)
    assert result["verdicts"]["passed"] == len(result["hits"]) == passed > 0, (path.name, result["verdicts"], passed)
    assert sum(result["verdicts"].values()) == result["alerts"]
    rows = nightjar("filter", "test", path, "--data", data, "--night", 20260312, "--limit", 7)
    table = list(csv.DictReader(io.StringIO(rows.stdout)))
    assert len(table) == min(7, passed) and f"{passed} passed" in rows.stderr
    for row, hit in zip(table, result["hits"]):
        for column, value in row.items():
            assert value == ("" if hit[column] is None else str(hit[column])) or float(value) == float(hit[column]), (row, hit)
    return result


def check_backtest(home, data, paths, counters):
    for path in paths:
        check_night(home, data, path, counters[f'nightjar_filter_passed_total{{filter="{path.stem}"}}'])
    every = nightjar("filter", "test", write(home, "everything", EVERYTHING), "--data", data, "--night", 20260312)
    assert "every alert passes" in every.stderr
    none = nightjar("filter", "test", write(home, "nothing", NOTHING), "--data", data, "--night", 20260312)
    assert "nothing passes" in none.stderr and none.stdout == "diaSourceId\n"
    assert "no alert of night" in nightjar("filter", "test", paths[0], "--data", data, "--night", 20200101, status=1).stderr
    waits = nightjar("filter", "test", data.parent / "attributed.sql", "--data", data, "--night", 20260312)
    undetermined = counters['nightjar_filter_undetermined_total{filter="attributed"}']
    assert f"{undetermined} undetermined" in waits.stderr and undetermined > 100, (waits.stderr, undetermined)
    assert "alerts were not compared with any orbit" in waits.stderr, waits.stderr
    broken = nightjar("filter", "test", write(home, "broken", "SELECT nosuch FROM alert"), "--data", data, "--night", 20260312, status=2)
    assert "nosuch" in broken.stderr


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.connect(str(self.path))


def check_published(data, path):
    """Every hit has the cells that were published when the alert came."""
    connection = UnixConnection(data / "control")
    connection.request("GET", f"/api/v1/streams/nightjar_test_{path.stem}?from=0&limit=1000&timeout=0")
    published = [json.loads(line) for line in connection.getresponse().read().splitlines()]
    hits = json.loads(nightjar("filter", "test", path, "--data", data, "--night", 20260312, "--limit", 1000, "--format", "json").stdout)["hits"]
    assert len(hits) == len(published) > 0
    for hit, record in zip(hits, published):
        assert record["record"]["selected"] == hit, (hit, record)


def check_deployed(home, data, path):
    history = json.loads(nightjar("filter", "history", path.stem, "--data", data).stdout)
    assert [event["action"] for event in history["events"]] == ["deploy"] and history["state"] == "active"
    nightjar("filter", "pause", path.stem, "--data", data)
    nightjar("filter", "resume", path.stem, "--data", data)
    nightjar("filter", "retire", path.stem, "--data", data)
    history = json.loads(nightjar("filter", "history", path.stem, "--data", data).stdout)
    assert [event["action"] for event in history["events"]] == ["deploy", "pause", "resume", "retire"]
    assert history["state"] == "retired"
    nightjar("filter", "history", "unknown", "--data", data, status=1)


def check_examples():
    for path in sorted(EXAMPLES.glob("*.sql")):
        assert "ok" in nightjar("filter", "check", path).stdout
        assert "0 failed" in nightjar("filter", "test", path).stdout


with tempfile.TemporaryDirectory() as name:
    home = pathlib.Path(name)
    data = home / "data"
    # Two visits of one field within a night, and packets that lack their last detection: history is needed.
    nightjar(
        "simulate", "--nights", 1, "--visits", 6, "--alerts", 120, "--seed", 5, "--out", home / "night.zst", "--catalogue",
        home / "synthetic.csv", "--duplicates", 0.05, "--revisions", 0.1, "--withdrawals", 0.05)
    nightjar("catalog", "import", "synthetic", home / "synthetic.csv", "--data", data, "--epoch", "2016.0")
    paths = [write(home, "history", HISTORY), write(home, "movers", MOVERS), write(home, "with_object", WITH_OBJECT)]
    paths.append(write(home, "unattributed", UNATTRIBUTED))
    for path in [*paths, write(home, "attributed", ATTRIBUTED)]:
        nightjar("filter", "deploy", path, "--data", data)
    nightjar("ingest", home / "night.zst", "--data", data)
    counters = json.loads(nightjar("status", "--data", data).stdout)["counters"]
    check_backtest(home, data, paths, counters)
    owner = subprocess.Popen(
        [NIGHTJAR, "run", "--data", data, "--port", "0", "--config", write(home, "run", f"files: [{home}/night.zst]\n")],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert "received" in owner.stdout.readline()
        check_backtest(home, data, paths, counters)
        for path in paths:
            check_published(data, path)
        check_deployed(home, data, paths[0])
        owner.send_signal(signal.SIGTERM)
        owner.communicate(timeout=20)
        assert owner.returncode == 0
    finally:
        owner.kill()
        owner.wait()
    check_examples()
print("filter: ok")
sys.exit(0)
