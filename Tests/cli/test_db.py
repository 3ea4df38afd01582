"""nightjar db: check, dump, fold, backup and restore, of a stopped directory and of a live owner, with the same answers."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

NIGHTJAR = os.environ["NIGHTJAR"]


def nightjar(*arguments, status=0, cwd=None):
    result = subprocess.run([NIGHTJAR, *map(str, arguments)], capture_output=True, text=True, timeout=120, cwd=cwd)
    assert result.returncode == status, f"{arguments}: {result.returncode}\n{result.stdout}\n{result.stderr}"
    return result


def dump(data):
    return nightjar("db", "check", "--dump", "--data", data).stdout


def make(home):
    data = home / "data"
    nightjar(
        "simulate", "--nights", 2, "--visits", 2, "--alerts", 80, "--seed", 3, "--out", f"{home}/visits/", "--catalogue",
        home / "synthetic.csv")
    nightjar("catalog", "import", "synthetic", home / "synthetic.csv", "--data", data, "--epoch", "2016.0")
    files = sorted((home / "visits").iterdir())
    nightjar("ingest", *files[:-1], "--data", data)
    return data, files[-1]


def check_all(home, data, name):
    """Every command against `data`, whoever owns it."""
    findings = json.loads(nightjar("db", "check", "--data", data, "--format", "json").stdout)
    assert findings["sound"] is True and findings["problems"] == [], findings
    for what in ["objects", "points", "alerts", "alert blocks", "catalogues"]:
        assert findings["counts"][what] > 0, findings
    assert "sound" in nightjar("db", "check", "--data", data).stdout
    before = dump(data)
    assert len(before) > 10_000 and before.startswith("offset ")

    backup = home / f"backup-{name}"
    # A relative path is the caller's, not the owner's.
    answer = json.loads(nightjar("db", "backup", backup.name, "--data", data, cwd=home).stdout)
    status = json.loads(nightjar("status", "--data", data).stdout)
    assert answer["commit_seq"] == status["commit_seq"] and set(answer["catalogues"]) == {"synthetic"}
    assert "exists" in nightjar("db", "backup", backup, "--data", data, status=1).stderr

    restored = home / f"restored-{name}"
    answer = json.loads(nightjar("db", "restore", backup, restored).stdout)
    assert answer["commit_seq"] == status["commit_seq"]
    assert dump(restored) == before
    nightjar("db", "check", "--data", restored)
    nightjar("catalog", "check", "--data", restored)
    assert "not empty" in nightjar("db", "restore", backup, data, status=1).stderr

    answer = json.loads(nightjar("db", "fold", "--data", data, "--night", tonight(data)).stdout)
    assert answer["points"] > 0 and answer["blocks"] > 0, answer
    assert dump(data) == before, "a fold changes nothing that is known"
    assert json.loads(nightjar("db", "fold", "--data", data).stdout)["points"] == 0
    nightjar("db", "check", "--data", data)
    nightjar("db", "fold", "--data", data, "--night", 20260231, status=2)
    return restored


def tonight(data):
    """The arrival night: the date of noon UTC before now."""
    return time.strftime("%Y%m%d", time.gmtime(time.time() - 43_200))


def check_damage(home, restored):
    """Flipped bytes in a table file are found, and the exit status says so."""
    nightjar("db", "fold", "--data", restored, "--night", tonight(restored))
    for path in sorted((restored / "db").glob("*.sst")):
        content = bytearray(path.read_bytes())
        for place in range(len(content) // 4, len(content) // 2, 97):
            content[place] ^= 0x55
        path.write_bytes(content)
    result = subprocess.run([NIGHTJAR, "db", "check", "--data", restored], capture_output=True, text=True, timeout=120)
    assert result.returncode == 1, result
    assert "problem" in result.stdout or "nightjar: " in result.stderr, result


def check_catalogue_damage(restored):
    victim = next((restored / "catalogues" / "synthetic").glob("*/ra"))
    content = bytearray(victim.read_bytes())
    content[8] ^= 1
    victim.unlink()
    victim.write_bytes(content)
    answer = nightjar("db", "check", "--data", restored, status=1)
    assert "1 problems" in answer.stdout and "catalogue synthetic" in answer.stdout


def check_answers_meanwhile(data):
    """Questions are answered while the owner is at work, and every operation gets its answer."""
    command = [NIGHTJAR, "db", "check", "--data", data, "--format", "json"]
    works = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(6)]
    while any(work.poll() is None for work in works):
        nightjar("status", "--data", data)
    for work in works:
        assert json.loads(work.communicate()[0])["sound"] is True and work.returncode == 0


def check_live(home, data, last):
    """`run` owns the directory, and everything goes through it."""
    (home / "run.yaml").write_text(f"files: [{last}]\n")
    owner = subprocess.Popen(
        [NIGHTJAR, "run", "--config", home / "run.yaml", "--data", data, "--port", "0"], stdout=subprocess.PIPE,
        stderr=subprocess.PIPE, text=True)
    try:
        # The summary comes when all is read; the service stays.
        assert "received" in owner.stdout.readline()
        restored = check_all(home, data, "live")
        check_catalogue_damage(restored)
        check_answers_meanwhile(data)
        assert "db backup" in nightjar("db", "restore", data, home / "torn", status=1).stderr
        owner.send_signal(signal.SIGTERM)
        owner.communicate(timeout=20)
        assert owner.returncode == 0
    finally:
        owner.kill()
        owner.wait()


with tempfile.TemporaryDirectory() as name:
    home = pathlib.Path(name)
    data, last = make(home)
    restored = check_all(home, data, "stopped")
    check_damage(home, restored)
    check_live(home, data, last)
    nightjar("db", "check", "--data", data)
    assert "no Nightjar data" in nightjar("db", "check", "--data", home / "nowhere", status=2).stderr
    assert not (home / "nowhere").exists()
    assert nightjar("db", "restore", home / "visits", home / "x", status=1).stderr.startswith("nightjar: There is no database")
print("db: ok")
sys.exit(0)
