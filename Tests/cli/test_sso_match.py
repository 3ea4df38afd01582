"""nightjar sso match: a past night against newer orbits; alone, beside a running broker, killed, repeated, dry.

Also kills of ingest with orbits: what stands in the end is what an undisturbed run says.
"""
import random
import shutil
import time
import unittest

import packets
import test_filter_sso
import tool

CHANGES = ["gained", "lost", "moved", "new", "updates", "retractions"]


class Match(test_filter_sso.FilterSSO):
    # Those have their own module.
    test_a_night_beside_orbits = None
    test_a_night_without_orbits_waits_for_them = None

    def setUp(self):
        super().setUp()
        self.night = self.visits[0] // 100_000
        for name in test_filter_sso.FILTERS:
            self.ask("filter", "deploy", self.directory / f"{name}.sql")
        shutil.copytree(self.data, self.directory / "fresh")

    def load(self, text=None):
        self.orbits.write_text(text or test_filter_sso.ORBITS)
        tool.nightjar("orbits", "import", "--data", self.data, self.orbits)

    def elsewhere(self):
        """Another data directory with the same filters."""
        self.data = self.directory / f"data{random.getrandbits(64)}"
        shutil.copytree(self.directory / "fresh", self.data)

    def match(self, *words, night=None, status=0):
        answer = self.ask("sso", "match", "--night", night or self.night, "--format", "json", *words, status=status)
        return answer.json if status == 0 else answer

    def dump(self):
        return self.ask("db", "check", "--dump").text

    def all_standing(self):
        return {name: self.standing(name)[0] for name in test_filter_sso.FILTERS}

    def statuses(self):
        counters = self.ask("status").json["counters"]
        return tuple(
            counters.get(f'nightjar_sso_alerts{{status="{name}"}}', 0) for name in ("matched", "unmatched", "unknown"))

    def check(self):
        self.ask("db", "check")
        self.assertEqual(len(self.alerts), sum(self.statuses()))
        for name in test_filter_sso.FILTERS:
            counters = self.counters(name)
            verdicts = ["passed", "rejected", "failed", "undetermined", "not_run"]
            self.assertEqual(len(self.alerts), sum(counters.get(one, 0) for one in verdicts), name)

    def test_orbits_that_come_late(self):
        self.ingest(self.file)
        self.assertIn("no orbits are known", self.match(status=1).said)
        self.check()
        self.load()
        before = self.dump()
        foreseen = self.match("--dry-run")
        self.assertEqual(before, self.dump())
        found = self.match()
        self.assertEqual(dict(foreseen, dry_run=False), found)
        count, known = len(self.alerts), len(self.ours)
        self.assertEqual((count, count, 0, 0, known, known, 0, 0), tuple(found[name] for name in [
            "alerts", "unknown_before", "unknown_after", "matched_before", "matched_after", "gained", "lost", "moved"]))
        self.assertEqual((known, count - known, 0), self.statuses())
        self.check()
        after = self.dump()
        again = self.match()
        self.assertEqual([0] * 6, [again[name] for name in CHANGES], again)
        self.assertEqual(after, self.dump())
        late = self.all_standing()
        # As if the orbits had always been there.
        self.elsewhere()
        self.load()
        self.ingest(self.file)
        self.assertEqual(self.all_standing(), late)

    def test_another_set(self):
        self.load()
        self.ingest(self.file)
        lines = test_filter_sso.ORBITS.splitlines(keepends=True)
        self.load("".join(line for line in lines if not line.startswith("2015 EF56")))
        foreseen = self.match("--dry-run")
        # One a visit was its, and the farther one is nobody's now either.
        self.assertEqual((0, 2, 0), tuple(foreseen[name] for name in ["gained", "lost", "moved"]))
        self.assertEqual((0, 0, 4), tuple(foreseen[name] for name in ["new", "updates", "retractions"]))
        self.assertEqual(dict(foreseen, dry_run=False), self.match())
        gone = {source_id for source_id, (name, *_) in self.ours.items() if name == "2015 EF56"}
        self.assertEqual(set(self.ours) - gone, set(self.all_standing()["near"]))
        self.check()

    def test_wrong_words(self):
        self.ingest(self.file)
        self.assertIn("--night", self.ask("sso", "match", status=2).said)
        self.assertIn("no date", self.match(night=20260231, status=2).said)
        self.load()
        self.assertEqual(0, self.match(night=self.night - 1)["alerts"])
        self.assertIn("matched after", self.ask("sso", "match", "--night", self.night).text)
        self.assertEqual(2, self.ask("sso", "match", "--night", self.night, "--format", "xml", status=2).status)

    def test_which_nights_have_a_name(self):
        self.ingest(self.file)
        self.load()
        rule = "from 19000101 to 29991231"
        for words in [("match", "--dry-run"), ("unknown",)]:
            for night in ["19000101", "29991231"]:
                # Orbits may have nothing to say of it.
                self.assertNotIn(rule, self.ask("sso", *words, "--night", night, status=None).said)
            for night in ["18991231", "30000101", "20260229", "99991231", "20261399", "0", "x"]:
                answer = self.ask("sso", *words, "--night", night, status=None)
                self.assertIn(rule, answer.said, answer)
                self.assertNotEqual(0, answer.status)

    def test_beside_a_running_broker(self):
        self.ingest(self.file)
        self.load()
        config = self.directory / "nightjar.yaml"
        more = packets.write_container(
            self.directory / "more.avro", packets.Sky(77, first_id=190_000_000_000_000_000).visit(3, 1))
        config.write_text(f"files: [{more}]\n")
        process = self.start("run", "--config", config, "--data", self.data, "--port", 0)
        tool.wait_for(lambda: "serving" in tool.said(process), what="serving")
        self.assertEqual(len(self.ours), self.match()["gained"])
        again = self.match()
        self.assertEqual([0] * 6, [again[name] for name in CHANGES], again)
        self.assertEqual(0, tool.stop(process))
        self.ask("db", "check")
        self.assertEqual(set(self.ours), set(self.all_standing()["settled"]))

    def test_killed_while_matching(self):
        self.ingest(self.file, NIGHTJAR_BATCH_ALERTS="2")
        self.load()
        calm = self.directory / "calm"
        shutil.copytree(self.data, calm)
        for delay in (0.05, 0.1, 0.15, 0.2, 0.3):
            process = self.start("sso", "match", "--night", self.night, "--data", self.data)
            time.sleep(delay)
            process.kill()
            process.wait()
        # What was left open is closed, too.
        self.match()
        self.check()
        stormy, statuses = self.all_standing(), self.statuses()
        self.data = calm
        self.match()
        self.assertEqual(self.all_standing(), stormy)
        self.assertEqual(self.statuses(), statuses)

    def test_killed_while_alerts_come(self):
        seed = int(time.time())
        print(f"seed {seed}")
        chance = random.Random(seed)
        self.load()
        self.ingest(self.file, NIGHTJAR_BATCH_ALERTS="1")
        calm, dump = self.all_standing(), self.dump()
        self.elsewhere()
        self.load()
        for _ in range(8):
            process = self.start("ingest", "--data", self.data, self.file, NIGHTJAR_BATCH_ALERTS="1")
            time.sleep(chance.uniform(0.02, 0.5))
            process.kill()
            process.wait()
        self.ingest(self.file, NIGHTJAR_BATCH_ALERTS="1")
        self.check()
        self.assertEqual(calm, self.all_standing())
        self.assertEqual(dump, self.dump())


if __name__ == "__main__":
    unittest.main(verbosity=2)
