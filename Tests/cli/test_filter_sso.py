"""Filters that read sso: what they publish of alerts beside known orbits, and what a back-test says of the same night."""
import collections
import csv
import io
import json
import math
import unittest

import packets
import tool

ORBITS = """designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt,h,g
2007 VY347,2.23004923758184,0.195074767519964,8.7256770508825,251.3431670196189,194.6376768171826,59535.115677469,61000,17.671,0.15
2011 AB12,2.1,0.15,5.2,110.5,30.1,60920.5,61000,16.2,0.15
2014 CD34,1.05,0.45,12.9,301.7,77.3,61080.25,61000,19.9,0.15
2015 EF56,2.6,0.08,9.4,12.3,210.6,60200.0,61000,15.1,0.15
"""
NIGHT = 2
FILTERS = {
    # Waits for what is unknown, publishes at once, and takes back what turns out to be another's.
    "near": "SELECT a.diaSourceId, s.ssObjectId, s.designation, s.ephOffset, s.ephRa, s.ephDec, s.candidates, s.packet_agreement "
            "FROM alert AS a LEFT JOIN sso AS s USING (diaSourceId) WHERE s.ephOffset < 1",
    # Publishes once, when the visit is complete.
    "settled": "SELECT s.* FROM alert AS a LEFT JOIN sso AS s USING (diaSourceId) WHERE s.status = 'matched' AND NOT s.provisional",
    "missed": "SELECT a.diaSourceId FROM alert AS a LEFT JOIN sso AS s USING (diaSourceId) "
              "WHERE s.packet_agreement IN ('packet_only', 'disagrees')",
    "unknown": "SELECT a.diaSourceId FROM alert AS a LEFT JOIN sso AS s USING (diaSourceId) WHERE s.status = 'unknown'",
}


def beside(place, north_arcsec):
    return place[0], place[1] + north_arcsec / 3600


class FilterSSO(tool.Case):
    def setUp(self):
        super().setUp()
        self.orbits = self.directory / "orbits.csv"
        self.orbits.write_text(ORBITS)
        self.visits = [packets.visit_id(NIGHT, 10), packets.visit_id(NIGHT, 40)]
        self.sky = packets.Sky(seed=3, objects=5, movers=0)
        self.places = self.predicted()
        # By diaSourceId: designation, predicted place and what packet and we say; then detections of which another is nearer,
        # and those whose body is elsewhere.
        self.ours, self.lost, self.packet_only = {}, [], []
        self.alerts = [alert for visit in self.visits for alert in self.visit(visit)]
        self.file = packets.write_framed(
            self.directory / "alerts.framed", [packets.message(packets.NEWEST, alert) for alert in self.alerts])
        for name, text in FILTERS.items():
            (self.directory / f"{name}.sql").write_text("-- owner: test\n" + text + "\n")

    def predicted(self):
        """Where each orbit is at each visit."""
        times = self.directory / "times"
        times.write_text("".join(f"{packets.midpoint(visit)!r}\n" for visit in self.visits))
        rows = csv.DictReader(io.StringIO(tool.nightjar("ephemeris", "--orbits", self.orbits, "--times", times).text))
        places = collections.defaultdict(list)
        for row in rows:
            places[row["designation"]].append((float(row["ra"]), float(row["dec"])))
        self.assertEqual([2] * 4, [len(found) for found in places.values()])
        return dict(places)

    def visit(self, visit):
        """Detections beside the orbits, by name; the sky's own objects are far from all of them."""
        index = self.visits.index(visit)
        ab12, cd34, ef56 = (self.places[name][index] for name in ["2011 AB12", "2014 CD34", "2015 EF56"])
        vy347 = self.places["2007 VY347"][index]
        def alert(place, known=0):
            point = packets.Point(self.sky._id(), self.sky._id(), visit, 0, *place, "r", sso=known)
            return self.sky.packet(packets.NEWEST, point)

        def ours(name, place, agreement, known=0):
            made = alert(place, known)
            self.ours[str(packets.source_id(made))] = (name, self.places[name][index], agreement)
            return made

        far = alert(beside(ef56, 0.6))
        self.lost.append(str(packets.source_id(far)))
        named = alert((vy347[0], vy347[1] + 5), 21163637483321177)
        self.packet_only.append(str(packets.source_id(named)))
        beyond = alert(beside(cd34, 3))
        # Names its body by the orbit that it brings, under an id that no orbit of ours has.
        by_orbit = ours("2014 CD34", beside(cd34, 0.3), "agrees", 0x4B30365430364B)
        by_orbit["mpc_orbits"].update(packed_primary_provisional_designation="K14C34D")
        return [
            by_orbit,
            ours("2011 AB12", beside(ab12, 0.2), "ours_only"), far, named, beyond,
            ours("2007 VY347", beside(vy347, -0.1), "agrees", 21163637483321177),
            ours("2015 EF56", beside(ef56, 0.1), "ours_only"), *self.sky.visit(NIGHT, visit % 100_000)]

    def standing(self, name):
        """What stands published, by alert, and how many records there are of each kind."""
        process, url = self.serve()
        text = tool.fetch(f"{url}/api/v1/streams/nightjar_test_{name}?from=0&limit=1000&timeout=0").text
        tool.stop(process)
        standing, kinds = {}, collections.Counter()
        for line in text.splitlines():
            one = json.loads(line)["record"]
            kinds[one["kind"]] += 1
            if one["kind"] == "retraction":
                del standing[one["diaSourceId"]]
            else:
                standing[one["diaSourceId"]] = one["selected"]
        return standing, kinds

    def backtest(self, name):
        night = self.visits[0] // 100_000
        return self.ask(
            "filter", "test", self.directory / f"{name}.sql", "--night", night, "--limit", 1000, "--format", "json").json

    def counters(self, name):
        return {
            series.removeprefix("nightjar_filter_").split("{")[0].removesuffix("_total"): value
            for series, value in self.ask("status").json["counters"].items() if f'filter="{name}"' in series}

    def test_a_night_beside_orbits(self):
        tool.nightjar("orbits", "import", "--data", self.data, self.orbits)
        for name in FILTERS:
            self.ask("filter", "deploy", self.directory / f"{name}.sql")
        totals = self.ingest(self.file).totals
        self.assertEqual(len(self.alerts), totals["new"])
        near, kinds = self.standing("near")
        self.assertEqual(set(self.ours), set(near))
        # The nearer one of a visit takes the orbit over: the other is withdrawn.
        self.assertEqual(len(self.lost), kinds["retraction"])
        for source_id, selected in near.items():
            name, place, agreement = self.ours[source_id]
            self.assertEqual((name, agreement), (selected["designation"], selected["packet_agreement"]))
            offset = 3600 * math.hypot(
                (selected["ephRa"] - place[0]) * math.cos(math.radians(place[1])), selected["ephDec"] - place[1])
            self.assertLess(offset, 0.01)
        settled, kinds = self.standing("settled")
        self.assertEqual(({"new": len(self.ours)}, set(self.ours)), (dict(kinds), set(settled)))
        for source_id, selected in settled.items():
            self.assertEqual((source_id, "matched", False, 1, self.ours[source_id][2]), (
                selected["diaSourceId"], selected["status"], selected["provisional"], selected["diaDistanceRank"],
                selected["packet_agreement"]))
        self.assertEqual(set(self.packet_only), set(self.standing("missed")[0]))
        self.assertEqual({}, self.standing("unknown")[0])
        for name in FILTERS:
            counters, tried = self.counters(name), self.backtest(name)
            verdicts = {verdict: counters.get(verdict, 0) for verdict in ["passed", "rejected", "failed", "undetermined"]}
            self.assertEqual(verdicts, tried["verdicts"], name)
            self.assertEqual(self.standing(name)[0], {hit["diaSourceId"]: hit for hit in tried["hits"]}, name)
        self.ask("db", "check")

    def test_a_night_without_orbits_waits_for_them(self):
        for name in FILTERS:
            self.ask("filter", "deploy", self.directory / f"{name}.sql")
        self.ingest(self.file)
        for name, judged in [("near", "undetermined"), ("missed", "undetermined"), ("settled", "rejected"), ("unknown", "passed")]:
            counters = self.counters(name)
            self.assertEqual(len(self.alerts), counters[judged], (name, counters))
            self.assertEqual(len(self.alerts) if judged == "undetermined" else 0, counters.get("waiting", 0), (name, counters))
        tried = self.backtest("near")
        self.assertEqual(len(self.alerts), tried["verdicts"]["undetermined"])
        self.assertIn(f"{len(self.alerts)} alerts were not compared with any orbit", tried["warnings"])
        tool.nightjar("orbits", "import", "--data", self.data, self.orbits)
        self.ask("sso", "match", "--night", self.visits[0] // 100_000)
        near, _ = self.standing("near")
        self.assertEqual(set(self.ours), set(near))
        self.assertEqual((0, 0), (self.counters("near").get("waiting", 0), self.counters("near").get("undetermined", 0)))
        # As if the orbits had been there, also for filters that asked for the status and had their answer.
        for name, expected in [("near", self.ours), ("settled", self.ours), ("missed", self.packet_only), ("unknown", [])]:
            standing = self.standing(name)[0]
            self.assertEqual(set(expected), set(standing), name)
            self.assertEqual(standing, {hit["diaSourceId"]: hit for hit in self.backtest(name)["hits"]}, name)
        self.ask("db", "check")


if __name__ == "__main__":
    unittest.main(verbosity=2)
