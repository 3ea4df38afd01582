"""Runs the built binary and says in one place what it answered: exit status, JSON, messages."""
import collections
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
BINARY = os.path.abspath(os.environ.get("NIGHTJAR", ROOT / ".build" / "release" / "nightjar"))
SHARED = pathlib.Path(os.environ.get("NIGHTJAR_SHARED", ROOT.parent / "shared"))


class Answer:
    def __init__(self, done, words):
        self.status, self.out, self.err, self.words = done.returncode, done.stdout, done.stderr, words

    @property
    def text(self):
        return self.out.decode()

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def totals(self):
        return totals(self.json)

    @property
    def said(self):
        return self.err.decode(errors="replace")

    def __str__(self):
        return f"{' '.join(self.words)}\nexit {self.status}\nstdout: {self.out[:2000]!r}\nstderr: {self.said[:4000]}"


def totals(counters):
    """Counters by their short names, `nightjar_new_total` as `new`; what was not counted is 0."""
    short = {name.removeprefix("nightjar_").removesuffix("_total"): value for name, value in counters.items()}
    return collections.defaultdict(int, short)


def environment(**settings):
    """Ours without what the machine's user has set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTJAR")}
    return dict(kept, **settings)


def nightjar(*words, status=0, stdin=None, cwd=None, timeout=60, **settings):
    """Runs a command; `status` is the exit status it must have, None for any."""
    words = [BINARY, *map(str, words)]
    done = subprocess.run(
        words, capture_output=True, timeout=timeout, input=stdin, cwd=cwd, env=environment(**settings))
    answer = Answer(done, words)
    if status is not None and answer.status != status:
        raise AssertionError(f"exit status {answer.status}, not {status}\n{answer}")
    return answer


def start(*words, **settings):
    """Starts a command that stays; its words go to a file that `said` reads."""
    log = tempfile.TemporaryFile()
    process = subprocess.Popen(
        [BINARY, *map(str, words)], stdout=log, stderr=subprocess.STDOUT, env=environment(**settings))
    process.log = log
    return process


def said(process):
    process.log.seek(0)
    return process.log.read().decode(errors="replace")


def wait_for(condition, seconds=30, every=0.02, what="it"):
    """The first true value of a condition."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(every)
    raise AssertionError(f"{what} did not happen in {seconds} s")


def stop(process, signal_number=signal.SIGTERM, seconds=10):
    """Asks a process to stop and answers its exit status; one that does not within the time is an error."""
    if process.poll() is None:
        process.send_signal(signal_number)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        raise AssertionError(f"still running {seconds} s after signal {signal_number}: {said(process)[-2000:]}")


class Response:
    def __init__(self, status, headers, content):
        self.status, self.headers, self.content = status, headers, content

    @property
    def json(self):
        return json.loads(self.content)

    @property
    def text(self):
        return self.content.decode()


def fetch(url, method="GET", body=None, timeout=30, **headers):
    """An HTTP exchange whose errors are answers too."""
    request = urllib.request.Request(
        url, data=body, method=method, headers={name.replace("_", "-"): value for name, value in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return Response(answer.status, answer.headers, answer.read())
    except urllib.error.HTTPError as error:
        return Response(error.code, error.headers, error.read())


class Case(unittest.TestCase):
    """A test with a directory of its own."""

    def setUp(self):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="nightjar-cli-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.data = self.directory / "data"
        self.processes = []

    def tearDown(self):
        for process in self.processes:
            if process.poll() is None:
                process.kill()
                process.wait()
            process.log.close()

    def start(self, *words, **settings):
        process = start(*words, **settings)
        self.processes.append(process)
        return process

    def serve(self, *words):
        """A read-only server over the data directory; answers its URL."""
        process = self.start("serve", "--data", self.data, "--port", 0, *words)
        line = wait_for(
            lambda: [line for line in said(process).splitlines() if line.startswith("serving http")], what="serving")
        return process, line[0].split()[1]

    def ingest(self, *words, status=0, **settings):
        return nightjar("ingest", "--data", self.data, "--format", "json", *words, status=status, **settings)

    def ask(self, *words, status=0, data=None):
        return nightjar(*words, "--data", data or self.data, status=status)

    def curve(self, object_id, *words, data=None):
        """The points of an object's light curve."""
        return self.ask("lightcurve", object_id, *words, data=data).json["points"]

    def dead_letters(self, *words):
        return self.ask("deadletters", "list", *words).json["dead_letters"]
