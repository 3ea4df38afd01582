"""nightjar catalog: import, list, check, match; bad rows; a running broker takes a new catalogue."""
import csv
import io
import json
import math
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import time

NIGHTJAR = os.environ["NIGHTJAR"]


def nightjar(*arguments, status=0, stdin=None):
    result = subprocess.run(
        [NIGHTJAR, *map(str, arguments)], capture_output=True, text=True, timeout=120, input=stdin)
    assert result.returncode == status, f"{arguments}: {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result


def separation_arcsec(ra1, dec1, ra2, dec2):
    ra1, dec1, ra2, dec2 = map(math.radians, (ra1, dec1, ra2, dec2))
    half = math.sin((dec2 - dec1) / 2) ** 2 + math.cos(dec1) * math.cos(dec2) * math.sin((ra2 - ra1) / 2) ** 2
    return math.degrees(2 * math.asin(min(1, math.sqrt(half)))) * 3600


def check_match(home):
    seed = 20260312
    print("seed", seed)
    rng = random.Random(seed)
    sources = [(i, rng.uniform(0, 360), math.degrees(math.asin(rng.uniform(-1, 1)))) for i in range(1, 400)]
    sources += [(1000, 0.0001, 0), (1001, 359.9999, 0), (1002, 12, 89.9999), (1003, 200, -89.9999)]
    file = home / "sources.csv"
    file.write_text("id,ra,dec,kind,mag\n" + "".join(f"{i},{ra!r},{dec!r},star,{i / 10}\n" for i, ra, dec in sources))
    report = json.loads(nightjar("catalog", "import", "stars", file, "--directory", home / "c", "--format", "json").stdout)
    assert report["rows"] == len(sources) and report["bad_rows"] == 0 and report["name"] == "stars"

    places = [(ra + rng.gauss(0, 2e-4), min(90, max(-90, dec + rng.gauss(0, 2e-4)))) for _, ra, dec in sources]
    places = [(ra % 360, dec) for ra, dec in places] + [(0, 0), (77, 90), (0, -90)]
    positions = home / "positions.csv"
    positions.write_text("ra,dec\n" + "".join(f"{ra!r},{dec!r}\n" for ra, dec in places))
    for radius_arcsec, text in [(1.5, "1.5arcsec"), (7200, "2deg")]:
        wanted = {}
        for row, place in enumerate(places):
            near = sorted((separation_arcsec(*place, ra, dec), i) for i, ra, dec in sources)
            wanted[row] = [(i, s) for s, i in near if s <= radius_arcsec]
        for option in [[], ["--all"]]:
            answer = nightjar("catalog", "match", "stars", positions, "--directory", home / "c", "--radius", text, *option)
            found = {}
            for line in csv.DictReader(io.StringIO(answer.stdout)):
                found.setdefault(int(line["row"]), []).append((int(line["source_id"]), float(line["separation_arcsec"])))
                assert line["kind"] == "star"
            for row, near in wanted.items():
                near = near if option else near[:1]
                assert [i for i, _ in found.get(row, [])] == [i for i, _ in near], (row, text, option)
                assert all(abs(a[1] - b[1]) < 1e-4 for a, b in zip(found.get(row, []), near))
    header = nightjar("catalog", "match", "stars", "--directory", home / "c", stdin="ra,dec\n0,0\nx,0\n", status=1)
    assert header.stdout.splitlines()[0].startswith("row,source_id,separation_arcsec,ra,dec")
    assert "line 3" in header.stderr


def check_list_and_check(home):
    listing = json.loads(nightjar("catalog", "list", "--directory", home / "c", "--format", "json").stdout)
    assert [one["name"] for one in listing] == ["stars"] and listing[0]["columns"] == ["kind", "mag"]
    assert "stars" in nightjar("catalog", "list", "--directory", home / "c").stdout
    nightjar("catalog", "check", "--directory", home / "c")
    victim = next((home / "c" / "stars").glob("*/x1"))
    content = bytearray(victim.read_bytes())
    content[100] ^= 1
    victim.write_bytes(content)
    answer = nightjar("catalog", "check", "--directory", home / "c", status=1)
    assert "checksum" in answer.stderr and "x1" in answer.stderr


def check_bad_rows(home):
    file = home / "bad.csv"
    file.write_text("name,ra,dec\na,10,10\nb,north,10\nc,10,91\n,10,10\nd,20,20\n")
    answer = nightjar("catalog", "import", "few", file, "--directory", home / "c", "--id", "name", "--format", "json")
    assert json.loads(answer.stdout)["rows"] == 2 and json.loads(answer.stdout)["bad_rows"] == 3
    for line in [3, 4, 5]:
        assert f"bad.csv, line {line}" in answer.stderr
    answer = nightjar("catalog", "import", "strict", file, "--directory", home / "c", "--id", "name", "--strict", status=2)
    assert "nothing imported" in answer.stderr and "line 3" in answer.stderr
    assert not (home / "c" / "strict" / "current").exists()
    assert "no column" in nightjar("catalog", "import", "few", file, "--ra", "alpha", status=2).stderr
    assert "not a catalogue name" in nightjar("catalog", "import", "1few", file, status=2).stderr
    assert "nightjar catalog import" in nightjar("catalog", "match", "none", file, "--directory", home / "c", status=1).stderr


FILTER = """-- owner: test
SELECT a.diaSourceId, n.separation_arcsec FROM alert AS a LEFT JOIN nearest.late AS n USING (diaSourceId)
WHERE n.status = 'matched'
"""


CLASSES = """-- owner: test
SELECT a.diaSourceId, n.class FROM alert AS a LEFT JOIN nearest.late AS n USING (diaSourceId)
WHERE n.class = 'star' OR n.class = 'galaxy'
"""


def wait_for(what, body):
    end = time.time() + 60
    while time.time() < end:
        value = body()
        if value is not None:
            return value
        time.sleep(0.2)
    raise AssertionError(f"waited in vain for {what}")


def check_prune(home, data):
    """Of three versions two are named by commits; the third was never matched with and goes."""
    versions = lambda: {path.parent.name for path in (data / "catalogues" / "late").glob("*/manifest")}
    named = versions()
    assert len(named) == 2, named
    rows = (home / "late.csv").read_text().splitlines()
    (home / "few.csv").write_text("\n".join(rows[:5]) + "\n")
    nightjar("catalog", "import", "late", home / "few.csv", "--data", data, "--epoch", "2016.0")
    nightjar("catalog", "import", "late", home / "other.csv", "--data", data, "--epoch", "2016.0")
    time.sleep(5.2)
    unused = versions() - named
    removed = json.loads(nightjar("catalog", "prune", "--data", data).stdout)["removed"]
    assert [one["version"] for one in removed] == list(unused) and removed[0]["bytes"] > 0, (removed, unused)
    assert versions() == named
    again = nightjar("catalog", "import", "late", home / "few.csv", "--data", data, "--epoch", "2016.0", "--prune")
    assert '"removed":[]' in again.stderr and len(versions()) == 3, again.stderr
    nightjar("catalog", "import", "x", home / "few.csv", "--directory", home / "c", "--prune", status=2)


def check_running_broker(home):
    """A catalogue imported while the broker runs is matched against, without a restart."""
    mock = subprocess.Popen(
        [NIGHTJAR, "mock-kafka", "--topic", "alerts:1"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    servers = json.loads(mock.stdout.readline())["bootstrap_servers"]
    data = home / "data"
    (home / "run.yaml").write_text(f"kafka:\n  bootstrap: {servers}\n  topics: [alerts]\n")
    broker = subprocess.Popen(
        [NIGHTJAR, "run", "--config", home / "run.yaml", "--data", data, "--port", "0", "--format", "json"],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)

    def counters(least):
        result = subprocess.run([NIGHTJAR, "status", "--data", data], capture_output=True, text=True, timeout=60)
        counts = json.loads(result.stdout)["counters"] if result.returncode == 0 else {}
        return counts if counts.get("nightjar_received_total", 0) >= least else None

    try:
        simulate = ["simulate", "--nights", 1, "--visits", 1, "--alerts", 50, "--kafka", servers, "--topic", "alerts"]
        nightjar(*simulate, "--catalogue", home / "late.csv")
        before = wait_for("the first visit", lambda: counters(50))["nightjar_received_total"]
        nightjar("catalog", "import", "late", home / "late.csv", "--data", data, "--epoch", "2016.0")
        (home / "matched.sql").write_text(FILTER)
        nightjar("filter", "deploy", home / "matched.sql", "--data", data)
        (home / "classes.sql").write_text(CLASSES)
        nightjar("filter", "deploy", home / "classes.sql", "--data", data)
        # The reader looks for new catalogues every 5 s.
        time.sleep(5.2)
        nightjar(*simulate, "--seed", 20260315, "--schema", "11.0")
        nightjar("simulate", "--nights", 1, "--visits", 2, "--alerts", 50, "--kafka", servers, "--topic", "alerts")
        counts = wait_for("the second", lambda: counters(before + 150))
        assert counts['nightjar_filter_passed_total{filter="matched"}'] > 5, counts

        # A new version with other columns, in another order: filters go on, with its cells.
        rows = [line.split(",") for line in (home / "late.csv").read_text().splitlines()]
        shuffled = "".join(",".join([row[7], row[2], "x", row[1], row[0]]) + "\n" for row in rows)
        (home / "other.csv").write_text(shuffled.replace("class,dec,x,ra", "class,dec,extra,ra", 1))
        nightjar("catalog", "import", "late", home / "other.csv", "--data", data, "--epoch", "2016.0")
        time.sleep(5.2)
        # Another night's packets: what was there already would be a duplicate.
        nightjar("simulate", "--nights", 1, "--visits", 3, "--alerts", 70, "--seed", 11, "--kafka", servers, "--topic", "alerts")
        nightjar("simulate", "--nights", 1, "--visits", 1, "--alerts", 90, "--kafka", servers, "--topic", "alerts")
        later = wait_for("the third", lambda: counters(before + 450))
        names = 'nightjar_filter_passed_total{filter="classes"}'
        assert later['nightjar_filter_passed_total{filter="matched"}'] >= counts['nightjar_filter_passed_total{filter="matched"}']
        assert later.get(names, 0) > counts.get(names, 0), later
        check_prune(home, data)
        broker.send_signal(signal.SIGTERM)
        output, _ = broker.communicate(timeout=20)
        assert broker.returncode == 0
        assert json.loads(output.splitlines()[-1])["conserved"] is True
    finally:
        broker.kill()
        broker.wait()
        mock.stdin.close()
        mock.wait(10)


with tempfile.TemporaryDirectory() as name:
    home = pathlib.Path(name)
    check_match(home)
    check_list_and_check(home)
    check_bad_rows(home)
    check_running_broker(home)
print("catalog: ok")
sys.exit(0)
