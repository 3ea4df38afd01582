"""A stop does not wait for long work: a check and a dump end with their owner, which goes with status 0."""
import pathlib
import signal
import subprocess
import tempfile
import time

from tool import BINARY, environment

#: What a stop may take.
LIMIT_SECONDS = 10


def start(*words):
    return subprocess.Popen(
        [BINARY, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(), text=True)


def stop_during(data, *words):
    owner = start("demo", "--data", data, "--nights", 2, "--visits", 8, "--alerts", 1500, "--port", 0)
    lines = []
    # The summary ends with what to try: from then on it only serves.
    for line in owner.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            break
    assert lines and "Ctrl-C" in lines[-1], "".join(lines) + owner.stderr.read()
    work = start(*words, "--data", data)
    time.sleep(0.4)
    begin = time.monotonic()
    owner.send_signal(signal.SIGTERM)
    owner.wait(timeout=60)
    seconds = time.monotonic() - begin
    out, said = work.communicate(timeout=60)
    owner.stdout.close()
    owner.stderr.close()
    assert owner.returncode == 0, f"{words}: the owner left with {owner.returncode}"
    assert seconds < LIMIT_SECONDS, f"{words}: the owner took {seconds:.1f} s to stop"
    outcome = "was done before" if work.returncode == 0 else "was stopped"
    if work.returncode != 0:
        assert "problems" not in out, f"an interrupted {words[0]} reports findings:\n{out}"
        assert said.strip(), f"{words} ended with {work.returncode} and no word"
    print(f"  {' '.join(map(str, words))}: {outcome}, owner gone after {seconds:.2f} s", flush=True)
    return "".join(lines)


def main():
    with tempfile.TemporaryDirectory() as home:
        home = pathlib.Path(home)
        summary = stop_during(home / "one", "db", "check")
        # The summary that newcomers see first.
        for word in ["received", "decoded", "new", "matched in synthetic", "Solar System", "stored points", "hits of",
                     "published to", "rate", "latency to commit", "latency to publication", "conservation",
                     "what they really are", "SN Ia"]:
            assert word in summary, f"the summary does not say {word}:\n{summary}"
        rows = [line.split() for line in summary.splitlines() if line.strip().startswith("Solar System object")]
        alerts, stored, recognised = map(int, rows[0][3:6])
        # Of some bodies the packets do not know.
        assert alerts == stored > recognised > 0.7 * alerts, f"movers: {rows[0]}"
        assert "bodies recognised by their orbits" in summary and "trans-Neptunian" in summary, summary
        stop_during(home / "two", "db", "check", "--dump")
        subprocess.run([BINARY, "db", "check", "--data", home / "one"], check=True, stdout=subprocess.DEVNULL,
                       env=environment(), timeout=120)
    print("long work: ends with its owner")


if __name__ == "__main__":
    main()
