"""A broker at work: questions beside it, a clean stop, kills at random moments, and batches of any size: one database."""
import collections
import json
import os
import random
import shutil
import signal
import time
import unittest

import packets
import tool

SEED = int(os.environ.get("SOAK_SEED", "20260121"))
KILLS = int(os.environ.get("NIGHTJAR_KILLS", "65"))


class Live(tool.Case):
    """One stream of alerts with all that makes results: revisions, duplicates, dead letters, a catalogue, filters."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holder = tool.Case()
        tool.Case.setUp(cls.holder)
        cls.addClassCleanup(cls.holder.doCleanups)
        home = cls.holder.directory
        sky = packets.Sky(SEED, objects=10, movers=3)
        cls.alerts = [alert for k in range(48) for alert in sky.visit(k // 12, k % 12)]
        messages = [packets.message(packets.NEWEST, alert) for alert in cls.alerts]
        rng = random.Random(SEED)
        for _ in range(12):
            messages.insert(rng.randrange(len(messages)), rng.choice(messages))
        for _ in range(9):
            messages.insert(rng.randrange(len(messages)), rng.choice(messages)[:rng.randrange(1, 900)])
        for alert in rng.sample(cls.alerts, 12):
            source = alert["diaSource"]
            changed = dict(alert, diaSource=dict(
                source, psfFlux=packets.float32(rng.gauss(0, 1000)), timeProcessedMjdTai=source["midpointMjdTai"] + 3))
            messages.insert(len(messages) // 2 + rng.randrange(len(messages) // 2), packets.message(packets.NEWEST, changed))
        cls.file = packets.write_framed(home / "alerts.framed", messages)
        cls.count = len(messages)
        cls.base = home / "base"
        rows = ["source_id,ra,dec"] + [f"{k + 1},{ra},{dec}" for k, (ra, dec) in enumerate(sky.places[::2])]
        (home / "stars.csv").write_text("\n".join(rows) + "\n")
        tool.nightjar("catalog", "import", "stars", home / "stars.csv", "--data", cls.base)
        for name in ["solar_system", "uniform_sample"]:
            tool.nightjar("filter", "deploy", tool.ROOT / "Filters" / f"{name}.sql", "--data", cls.base)
        cls.undisturbed = home / "undisturbed"
        begin = time.monotonic()
        shutil.copytree(cls.base, cls.undisturbed)
        answer = tool.nightjar(
            "ingest", "--data", cls.undisturbed, "--format", "json", "--accept-dead-letters", cls.file,
            NIGHTJAR_BATCH_ALERTS="16")
        cls.seconds = time.monotonic() - begin
        cls.totals = answer.totals
        cls.dump = cls.dump_of(cls.undisturbed)

    @staticmethod
    def dump_of(data):
        return tool.nightjar("db", "check", "--dump", "--data", data).text

    def ingest_copy(self, name, **settings):
        data = self.directory / name
        shutil.copytree(self.base, data)
        answer = tool.nightjar(
            "ingest", "--data", data, "--format", "json", "--accept-dead-letters", self.file, **settings)
        return data, answer

    def assert_same(self, data, what):
        dump = self.dump_of(data)
        if dump != self.dump:
            ours, theirs = self.dump.splitlines(), dump.splitlines()
            lost, more = set(ours) - set(theirs), set(theirs) - set(ours)
            self.fail(f"{what}: {len(lost)} lines lost, {len(more)} more\n"
                      + "\n".join([f"- {line[:300]}" for line in sorted(lost)[:5]]
                                  + [f"+ {line[:300]}" for line in sorted(more)[:5]]))

    def test_the_stream_is_what_it_should_be(self):
        self.assertTrue(self.totals["conserved"])
        self.assertEqual(self.count, self.totals["received"])
        for name, least in [("new", 300), ("duplicate", 10), ("revised", 5), ("dead_lettered", 5)]:
            self.assertGreaterEqual(self.totals[name], least, name)
        tool.nightjar("db", "check", "--data", self.undisturbed)
        self.assertGreater(len(self.dump), 100_000)

    def test_no_result_depends_on_the_cut(self):
        for size in [1, 7, 1024]:
            data, answer = self.ingest_copy(f"by-{size}", NIGHTJAR_BATCH_ALERTS=str(size))
            self.assert_same(data, f"batches of {size}")
            for name in ["received", "new", "duplicate", "revised", "dead_lettered", "points"]:
                self.assertEqual(self.totals[name], answer.totals[name], f"batches of {size}: {name}")

    def test_killed_at_random_moments(self):
        """kill -9, up to three times in a row, then on from the stored offsets: as if nothing had been."""
        print(f"seed {SEED}, {KILLS} kills", flush=True)
        rng, kills, amid, k = random.Random(SEED), 0, 0, 0
        while kills < KILLS:
            data, k = self.directory / f"killed-{k}", k + 1
            shutil.copytree(self.base, data)
            words = ["ingest", "--data", data, "--format", "json", "--accept-dead-letters", self.file]
            for _ in range(rng.randrange(1, 4)):
                process = self.start(*words, NIGHTJAR_BATCH_ALERTS="16")
                time.sleep(rng.uniform(0, self.seconds))
                amid += process.poll() is None
                process.kill()
                process.wait()
                kills += 1
            tool.nightjar(*words, status=None, NIGHTJAR_BATCH_ALERTS="16")
            self.assert_same(data, f"seed {SEED}, directory {k - 1}")
            shutil.rmtree(data)
        self.assertGreater(amid, KILLS // 4, "some kills came too late to mean anything")

    def test_questions_beside_a_broker_at_work(self):
        config = self.directory / "run.yaml"
        config.write_text(f"files: [{self.file}]\nport: 0\naccept_dead_letters: true\nbatch:\n  alerts: 12\n")
        shutil.copytree(self.base, self.data)
        owner = self.start("run", "--config", config, "--data", self.data)
        url = tool.wait_for(
            lambda: [word[4:] for word in tool.said(owner).split() if word.startswith("url=http")], what="serving")[0]
        object_id = self.alerts[0]["diaSource"]["diaObjectId"]
        ra, dec = self.alerts[0]["diaSource"]["ra"], self.alerts[0]["diaSource"]["dec"]
        seen, sizes, end = [], [], time.monotonic() + 60
        while time.monotonic() < end:
            status = self.ask("status").json
            seen.append(status["counters"].get("nightjar_received_total", 0))
            answer = self.ask("lightcurve", object_id, status=None)
            if answer.status == 0:
                sizes.append(answer.json["count"])
                cone = self.ask("cone", ra, dec, "2arcsec").json
                self.assertEqual([str(object_id)], [each["diaObjectId"] for each in cone["objects"]])
            if seen[-1] == self.count:
                break
        self.assertEqual(self.count, seen[-1])
        self.assertEqual(sorted(seen), seen, "counters only grow")
        self.assertEqual(sorted(sizes), sizes, "light curves only grow")
        # Three ways, one answer.
        curve = self.ask("lightcurve", object_id)
        self.assertEqual(curve.out, tool.nightjar("lightcurve", object_id, "--server", url).out)
        self.assertEqual(curve.out, tool.fetch(f"{url}/api/v1/objects/{object_id}/lightcurve").content)
        plain = [[{**point, "known_from": 0} for point in points] for points in (
            curve.json["points"], self.curve(object_id, data=self.undisturbed))]
        self.assertEqual(*plain)
        cone = ["cone", ra, dec, "1deg", "--format", "csv"]
        self.assertEqual(self.ask(*cone).out, tool.nightjar(*cone, "--server", url).out)
        metrics = tool.fetch(url + "/metrics").text.splitlines()
        for kind in [[line for line in metrics if line.startswith("# TYPE")],
                     [line.rsplit(" ", 1)[0] for line in metrics if line and not line.startswith("#")]]:
            self.assertEqual([], [one for one, times in collections.Counter(kind).items() if times > 1])
        self.assertIn(f"nightjar_received_total {self.count}", metrics)
        begin = time.monotonic()
        self.assertEqual(0, tool.stop(owner))
        self.assertLess(time.monotonic() - begin, 10)
        self.assertEqual(curve.out, self.ask("lightcurve", object_id).out, "and without an owner")
        self.assert_same(self.data, "a broker with questions")

    def test_filters_and_retries_beside_a_broker_at_work(self):
        """Others write while alerts come in; no alert is lost, none is stored twice."""
        config = self.directory / "run.yaml"
        config.write_text(f"files: [{self.file}]\nport: 0\naccept_dead_letters: true\nbatch:\n  alerts: 12\n")
        shutil.copytree(self.base, self.data)
        owner = self.start("run", "--config", config, "--data", self.data)
        tool.wait_for(lambda: tool.nightjar("status", "--data", self.data, status=None).status == 0, what="an answer")
        everything = self.directory / "everything.sql"
        everything.write_text("-- title: All\n-- owner: test\nSELECT a.diaSourceId, a.ra, a.dec FROM alert AS a WHERE a.ra >= 0\n")
        end = time.monotonic() + 60
        deployed = False
        while time.monotonic() < end:
            self.ask("deadletters", "retry")
            if not deployed:
                self.ask("filter", "deploy", everything)
                deployed = True
            if self.ask("status").json["counters"].get("nightjar_received_total", 0) == self.count:
                break
        status = tool.totals(self.ask("status").json["counters"])
        for name in ["received", "new", "duplicate", "revised", "dead_lettered"]:
            self.assertEqual(self.totals[name], status[name], name)
        self.assertEqual(0, tool.stop(owner))
        self.ask("db", "check")

    def test_a_stop_amid_an_ingest(self):
        """SIGTERM and SIGINT: what was read is committed, the exit status is 0, and the next start goes on."""
        for name, number in [("term", signal.SIGTERM), ("int", signal.SIGINT)]:
            data = self.directory / name
            shutil.copytree(self.base, data)
            words = ["ingest", "--data", data, "--format", "json", "--accept-dead-letters", self.file]
            process = self.start(*words, NIGHTJAR_BATCH_ALERTS="2")
            tool.wait_for(
                lambda: b"received_total" in tool.nightjar("status", "--data", data, status=None).out, what="a commit")
            begin = time.monotonic()
            status = tool.stop(process, number)
            self.assertLess(time.monotonic() - begin, 10)
            self.assertEqual(0, status, tool.said(process))
            summary = [line for line in tool.said(process).splitlines() if line.startswith("{")]
            first = tool.totals(json.loads(summary[-1]))
            self.assertTrue(first["conserved"])
            second = tool.nightjar(*words, status=None).totals
            self.assertEqual(self.count, first["received"] + second["received"])
            self.assert_same(data, f"stopped by {name}")


if __name__ == "__main__":
    unittest.main(verbosity=2)
