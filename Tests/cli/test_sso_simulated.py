"""Simulated movers end to end: simulate, orbits import, ingest, questions by name, filters on sso; the demo's own score.

The simulator carries its bodies with all forces and steps that fit; what matches them goes through the night's index.
"""
import collections
import csv
import itertools
import json
import math
import unittest

import tool

SMALL = ["--nights", "5", "--visits", "8", "--alerts", "400", "--seed", "20260312"]
FILTER = """-- title: Bodies of our orbits
-- owner: tests
SELECT a.diaSourceId, s.ssObjectId, s.designation, s.ephOffset, s.packet_agreement, s.provisional
FROM alert AS a LEFT JOIN sso AS s USING (diaSourceId) WHERE s.status = 'matched'
"""
#: Sky under Rubin's 189 detectors of 840″.
FIELD_ARCSEC2 = 189 * 840**2


def rows(path):
    return list(csv.DictReader(path.read_text().splitlines()))


class SimulatedMovers(tool.Case):
    def simulate(self, words=SMALL):
        self.alerts, self.truth, self.orbits = (self.directory / name for name in ["a.avro", "truth.csv", "orbits.csv"])
        tool.nightjar(
            "simulate", *words, "--out", self.alerts, "--format", "container", "--truth", self.truth,
            "--orbits", self.orbits)
        return rows(self.truth)

    def test_the_whole_way(self):
        truth = self.simulate()
        movers = [one for one in truth if one["class"] == "Solar System object"]
        populations = {one["population"] for one in movers}
        self.assertEqual({"main belt", "near-Earth", "Trojan", "trans-Neptunian", "comet"}, populations)
        report = self.ask("orbits", "import", self.orbits, "--format", "json").json
        self.assertEqual(len(self.orbits.read_text().splitlines()) - 1, report["orbits"])
        self.assertEqual(0, report["bad_records"])
        query = self.directory / "known.sql"
        query.write_text(FILTER)
        self.ask("filter", "deploy", query)
        answer = self.ingest(self.alerts).json
        predictable = [one for one in movers if one["has_orbit"] == "true"]
        right = self.check_counters(answer, truth, predictable)
        self.check_agreements(answer, predictable, movers)
        self.check_light_curve(predictable)
        self.check_publications(right)
        self.ask("db", "check")

    def check_counters(self, answer, truth, predictable):
        counts = [answer.get(f'nightjar_sso_alerts{{status="{name}"}}', 0) for name in ("matched", "unmatched", "unknown")]
        self.assertEqual((0, len(truth)), (counts[2], sum(counts)))
        # Chance: each prediction has as many other detections within 1″ as their density says.
        chance = len(predictable) * 400 / FIELD_ARCSEC2 * math.pi
        self.assertLessEqual(abs(counts[0] - len(predictable)), max(1, 0.001 * len(predictable)) + chance + 3 * chance**0.5)
        status = self.ask("status").json
        self.assertEqual(counts[0], status["counters"]['nightjar_sso_alerts{status="matched"}'])
        return counts[0]

    def check_agreements(self, answer, predictable, movers):
        found = {name: answer.get(f'nightjar_sso_packet{{agreement="{name}"}}', 0)
                 for name in ["disagrees", "packet_only", "ours_only"]}
        wanted = collections.Counter(
            "ours_only" if not one["packet_ssObjectId"] else
            "agrees" if one["packet_ssObjectId"] == one["ssObjectId"] else "disagrees" for one in predictable)
        wanted["packet_only"] = sum(one["has_orbit"] == "false" and one["packet_ssObjectId"] != "" for one in movers)
        for name, count in found.items():
            self.assertGreater(count, 0, found)
            self.assertLessEqual(abs(count - wanted[name]), 2, (name, found, wanted))

    def check_light_curve(self, predictable):
        """Every planted detection of the bodies that were seen most, those that packets do not name with them."""
        by_body = collections.defaultdict(list)
        for one in predictable:
            by_body[one["ssObjectId"]].append(one)
        most = sorted(by_body.values(), key=len)[-6:]
        most += sorted((rows for rows in by_body.values() if not any(one["packet_ssObjectId"] for one in rows)), key=len)[-3:]
        names = {one["designation"]: one for one in rows(self.orbits)}
        for planted in most:
            body = self.ask("lightcurve", "--sso", planted[0]["ssObjectId"]).json
            points = {one["diaSourceId"]: one for one in body["points"]}
            self.assertLessEqual({one["diaSourceId"] for one in planted}, set(points))
            for one in planted:
                point = points[one["diaSourceId"]]
                self.assertLess(point["ephOffset"], 1)
                self.assertIn(point["association"], ["both", "ours"])
                self.assertFalse(point["provisional"])
            shown = self.ask("orbits", "show", planted[0]["ssObjectId"]).json
            self.assertIn(shown["designation"], names)
            # The same by its name.
            self.assertEqual(body["count"], self.ask("lightcurve", shown["designation"]).json["count"])

    def check_publications(self, matched):
        process, url = self.serve()
        answer = tool.fetch(f"{url}/api/v1/streams/nightjar_tests_known?from=0&limit=100000&timeout=0").text
        tool.stop(process)
        records = [json.loads(line) for line in answer.splitlines()]
        truth = {one["diaSourceId"]: one for one in rows(self.truth)}
        standing = {}
        for record in records:
            if record["kind"] == "retraction":
                standing.pop(record["diaSourceId"], None)
            else:
                standing[record["diaSourceId"]] = record["record"]["selected"]
        self.assertEqual(matched, len(standing))
        # What was published while the visit was open was published again when it closed.
        self.assertEqual({False}, {one["provisional"] for one in standing.values()})
        wrong = [one for one in standing.values() if truth[one["diaSourceId"]]["ssObjectId"] != one["ssObjectId"]]
        self.assertLessEqual(len(wrong), 2, wrong)

    def test_the_demo_scores_itself(self):
        answer = tool.nightjar("demo", "--once", "--data", self.data, *SMALL, "--format", "json", timeout=300).json
        score = answer["sso_truth"]
        self.assertEqual({"all bodies", "main belt", "near-Earth", "Trojan", "trans-Neptunian", "comet"}, set(score))
        everything = score["all bodies"]
        for kind, line in score.items():
            self.assertGreaterEqual(line["predictions"], line["predictable"], kind)
            self.assertGreater(line["predictable"], 0, kind)
        self.assertGreaterEqual(everything["completeness"], 0.999)
        # 400 alerts a visit: each prediction has 9e-6 others within a second of arc.
        self.assertAlmostEqual(1e-5, everything["chance_per_prediction"], delta=5e-6)
        expected = everything["chance_per_prediction"] * everything["predictions"]
        self.assertLessEqual(everything["wrong"], expected + 5 * expected**0.5 + 1)
        counted = answer['nightjar_sso_alerts{status="matched"}']
        self.assertEqual(counted, everything["right"] + everything["wrong"])

    def test_without_orbits_nothing_is_known(self):
        truth = self.simulate(["--nights", "1", "--visits", "1", "--alerts", "100"])
        answer = self.ingest(self.alerts).json
        self.assertEqual(0, answer.get('nightjar_sso_alerts{status="unmatched"}', 0))
        self.assertEqual(0, answer.get('nightjar_sso_alerts{status="matched"}', 0))
        self.assertGreater(len(truth), 0)


if __name__ == "__main__":
    unittest.main()
