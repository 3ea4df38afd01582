"""What README.md tells people to type works as it says, in the order in which it says it."""
import json
import pathlib
import re
import shlex
import subprocess
import sys
import tarfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "Tests" / "cli"))
import packets
import tool

README = (ROOT / "README.md").read_text()
# Commands that stay until they are stopped.
SERVERS = {"serve", "run", "demo"}


def blocks():
    return re.findall(r"```sh\n(.*?)```", README, re.S)


def commands():
    """The lines of the shell blocks that call the binary, comments off, in order."""
    lines = [line for block in blocks() for line in block.splitlines()]
    return [shlex.split(line, comments=True) for line in lines if line.startswith("nightjar ")]


class Readme(tool.Case):
    def prepare(self):
        """The files that the commands name."""
        object_id = int(next(words for words in commands() if words[1] == "lightcurve")[-1])
        cone = next(words for words in commands() if words[1] == "cone")
        sky = packets.Sky(objects=4)
        sky.objects[0], sky.places[0] = object_id, (float(cone[-3]), float(cone[-2]))
        sky.detections[object_id], sky.forced[object_id] = [], []
        nights = [[a for k in range(3) for a in sky.visit(night, k)] for night in range(3)]
        home = self.directory
        packets.write_container(home / "alerts.avro", nights[0])
        (home / "more").mkdir()
        packets.write_framed(home / "more" / "b.framed", [packets.message(packets.NEWEST, a) for a in nights[1]])
        packets.write_container(home / "c.avro", nights[2])
        with tarfile.open(home / "night-1.tar.gz", "w:gz") as archive:
            archive.add(home / "c.avro", "c.avro")
        (home / "gaia.csv").write_text("source_id,ra,dec\n1,150.07,2.93\n2,10.0,-20.0\n")
        (home / "orbits.csv").write_text(
            "designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt,h\n"
            "433,1.1333,0.2228,10.83,304.27,178.93,60720.1,61000,10.4\n")
        (home / "times.txt").write_text("61000.25\n61001.25\n")
        for name in ["Filters", "Deploy"]:
            (home / name).symlink_to(ROOT / name)
        self.nights = nights

    def test_commands_in_order(self):
        self.prepare()
        answers = {}
        self.assertGreater(len(commands()), 7)
        for words in commands():
            with self.subTest(command=" ".join(words)):
                name = words[1]
                if name in SERVERS:
                    self.serve_for_a_while(words[1:])
                    continue
                answers[" ".join(words[1:3])] = answers[name] = tool.nightjar(*words[1:], cwd=self.directory)
        self.assertIn("conservation", answers["ingest"].text)
        curve = answers["lightcurve"].json
        self.assertGreaterEqual(curve["count"], 9, "all three sources were read")
        self.assertEqual(1, len(answers["cone"].json["objects"]))
        self.assertEqual(3, len(answers["ephemeris"].text.splitlines()), "a header, and one body at two times")
        self.assertIn("nightjar ingest", answers["help"].text)
        status = tool.nightjar("status", "--data", "mydata", cwd=self.directory).json
        counted = tool.totals(status["counters"])
        self.assertEqual(sum(map(len, self.nights)), counted["new"])

    def serve_for_a_while(self, words):
        """A server comes up, answers and stops. `run` is given files in the place of a Kafka cluster."""
        port = words.index("--port") + 1 if "--port" in words else None
        if port:
            words = words[:port] + ["0"] + words[port + 1:]
        process = subprocess.Popen(
            [tool.BINARY, *words], cwd=self.directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            env=tool.environment(**({} if port else {"NIGHTJAR_FILES": "alerts.avro", "NIGHTJAR_PORT": "0"})))
        try:
            url = None
            while url is None:
                line = process.stdout.readline()
                self.assertTrue(line, "it ended before it served")
                url = re.search(r"http://[0-9.:]+", line)
            self.assertEqual(200, tool.fetch(url[0] + "/healthz").status)
            self.assertEqual(200, tool.fetch(url[0] + "/").status)
            process.terminate()
            process.communicate(timeout=10)
            self.assertEqual(0, process.returncode)
        finally:
            process.kill()
            process.wait()

    def test_the_default_configuration_says_what_it_lacks(self):
        answer = tool.nightjar("run", "--config", ROOT / "Deploy" / "nightjar.yaml", status=2, cwd=self.directory)
        self.assertIn("set kafka.bootstrap and kafka.topics, or files", answer.said)

    def test_every_command_is_in_help(self):
        known = tool.nightjar("help").text
        for words in commands():
            name = " ".join(words[1:3])
            self.assertTrue(
                re.search(rf"nightjar {re.escape(name)}\b", known) or re.search(rf"nightjar {re.escape(words[1])}\b", known)
                or words[1] == "help", words)
        for line in known.splitlines():
            match = re.match(r"  nightjar ((?:[a-z-]+ )?[a-z-]+)  ", line)
            if match:
                page = tool.nightjar("help", *match[1].split()).text
                self.assertIn(f"nightjar {match[1]}", page)

    def test_make_knows_its_targets(self):
        targets = re.findall(r"^make ([a-z]+)", "\n".join(blocks()), re.M)
        self.assertEqual({"demo", "test"}, set(targets))
        for target in [*targets, "check", "soak", "bench"]:
            done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True)
            self.assertEqual(0, done.returncode, done.stderr)
        dry = subprocess.run(["make", "-n", "demo", "DEMO=--once"], cwd=ROOT, capture_output=True, text=True).stdout
        self.assertIn("swift build -c release", dry)
        self.assertIn("nightjar demo --once", dry)

    def test_links_lead_somewhere(self):
        for link in re.findall(r"\]\(([^)#]+)\)", README):
            if not link.startswith("http"):
                self.assertTrue((ROOT / link).exists(), link)

    def test_a_small_demo(self):
        """The first command, small: once to its summary, and once until it is stopped."""
        small = ["demo", "--nights", "2", "--visits", "2", "--alerts", "60"]
        answer = tool.nightjar(*small, "--once", "--format", "json", cwd=self.directory)
        totals = answer.totals
        self.assertTrue(totals["conserved"])
        self.assertEqual(totals["received"], totals["new"])
        self.assertGreater(totals["points"], totals["new"])
        again = tool.nightjar(*small, "--once", "--format", "json", cwd=self.directory).totals
        for name in ["received", "new", "points", "solar_system"]:
            self.assertEqual(totals[name], again[name], f"seeded: {name}")
        process = self.start(*small, "--data", self.data, "--port", "0")
        urls = tool.wait_for(
            lambda: "Ctrl-C" in tool.said(process) and re.findall(r"http://\S+", tool.said(process)), what="three URLs")
        self.assertEqual(3, len(urls))
        for url in urls:
            self.assertEqual(200, tool.fetch(url).status, url)
        self.assertEqual(0, tool.stop(process))


if __name__ == "__main__":
    unittest.main(verbosity=2)
