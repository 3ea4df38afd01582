"""Alerts that come while a catalogue is missing are judged when it is back, as if it had never been away."""
import collections
import json
import pathlib
import shutil
import tempfile

import tool
from tool import nightjar

LATE = """-- owner: test
SELECT a.diaSourceId, a.psfFlux, host.separation_arcsec,
       (SELECT COUNT(*) FROM detections AS d WHERE d.diaObjectId = a.diaObjectId) AS detection_count,
       (SELECT COUNT(*) FROM forced AS f WHERE f.diaObjectId = a.diaObjectId) AS forced_count
FROM alert AS a LEFT JOIN nearest.synthetic AS host USING (diaSourceId)
WHERE a.psfFlux > 0 AND host.separation_arcsec < 1
"""
TESTS_STATUS = LATE.replace("host.separation_arcsec < 1", "host.status = 'matched'")
VERDICTS = ["passed", "rejected", "failed", "undetermined", "not_run"]


class Undetermined(tool.Case):
    def setUp(self):
        super().setUp()
        self.file = self.directory / "night.zst"
        self.catalogue = self.directory / "synthetic.csv"
        nightjar(
            "simulate", "--nights", 4, "--visits", 6, "--alerts", 100, "--seed", 5, "--out", self.file, "--catalogue",
            self.catalogue, "--duplicates", 0.05, "--revisions", 0.2, "--withdrawals", 0.1)
        self.filters = {}
        for name, text in [("late", LATE), ("tests_status", TESTS_STATUS)]:
            self.filters[name] = self.directory / f"{name}.sql"
            self.filters[name].write_text(text)

    def make(self, data):
        self.data = data
        self.import_catalogue()
        for path in self.filters.values():
            self.ask("filter", "deploy", path)

    def import_catalogue(self):
        self.ask("catalog", "import", "synthetic", self.catalogue, "--epoch", "2016.0")

    def lose_catalogue(self):
        shutil.rmtree(self.data / "catalogues")

    def counters(self, name="late"):
        return {
            series.removeprefix("nightjar_filter_").split("{")[0].removesuffix("_total"): value
            for series, value in self.ask("status").json["counters"].items() if f'filter="{name}"' in series}

    def check(self):
        totals = tool.totals(self.ask("status").json["counters"])
        for name in self.filters:
            counters = self.counters(name)
            judged = sum(counters.get(verdict, 0) for verdict in VERDICTS)
            self.assertEqual(judged, totals["new"] + totals["revised"], counters)
            self.assertEqual(counters.get("passed", 0), counters.get("published", 0))
        self.ask("db", "check")

    def records(self, name="late"):
        process, url = self.serve()
        lines = tool.fetch(f"{url}/api/v1/streams/nightjar_test_{name}?from=0&limit=100000&timeout=0").text.splitlines()
        tool.stop(process)
        return [json.loads(line) for line in lines]

    def standing(self, name="late"):
        """What stands published, by alert; every record supersedes the last one about its alert."""
        standing, last = {}, {}
        for record in self.records(name):
            one = record["record"]
            self.assertEqual(one["kind"], record["kind"])
            self.assertEqual(one["supersedes"], last.get(one["diaSourceId"]), record)
            last[one["diaSourceId"]] = f"nightjar_test_{name}/{record['offset']}"
            if one["kind"] == "retraction":
                self.assertEqual(set(one["selected"].values()), {None})
                self.assertTrue(one["lineage"]["reason"])
                del standing[one["diaSourceId"]]
            else:
                self.assertEqual(one["kind"], "update" if one["diaSourceId"] in standing else "new")
                standing[one["diaSourceId"]] = one["selected"]
        return standing

    def check_same(self, calm, late):
        self.data = calm
        wanted = {name: self.standing(name) for name in self.filters}
        self.assertGreater(len(wanted["late"]), 50)
        self.assertIn("retraction", [record["kind"] for record in self.records()])
        self.data = late
        self.assertEqual(self.standing(), wanted["late"])
        # A filter that asks for the status had its answer: unknown.
        self.assertEqual(self.counters("tests_status").get("passed", 0), 0)
        self.assertEqual(self.standing("tests_status"), {})

    def test_ingest_settles_what_waited(self):
        calm, late = self.directory / "calm", self.directory / "late"
        self.make(calm)
        self.ingest(self.file)
        self.check()
        self.make(late)
        self.lose_catalogue()
        self.ingest(self.file)
        before = self.counters()
        self.assertGreater(before["undetermined"], 200)
        self.assertEqual(before["waiting"], before["undetermined"])
        self.assertNotIn("passed", before)
        self.check()
        self.assertEqual(self.records(), [])
        self.import_catalogue()
        self.ingest(self.file)
        after = self.counters()
        self.assertEqual((after["undetermined"], after["waiting"]), (0, 0), after)
        self.assertEqual(after["reevaluated"], before["undetermined"])
        self.assertGreater(after["passed"], 0)
        self.check()
        reasons = collections.Counter(record["record"]["lineage"]["reason"] for record in self.records())
        self.assertIn("evaluated again, synthetic could not be asked when the alert came", reasons)
        for record in self.records():
            self.assertIn("catalogue.synthetic", record["record"]["lineage"])
        self.check_same(calm, late)
        one = self.records()[0]["record"]["diaSourceId"]
        verdicts = self.ask("alert", one, status=None)
        if verdicts.status == 0:
            self.assertIn("passed", verdicts.text)
        # Nothing more to do: another run changes nothing.
        dump = self.ask("db", "check", "--dump").text
        self.ingest(self.file)
        self.assertEqual(self.ask("db", "check", "--dump").text, dump)

    def test_a_running_broker_settles_them(self):
        self.make(self.data)
        self.lose_catalogue()
        config = self.directory / "run.yaml"
        config.write_text(f"files: [{self.file}]\n")
        process = self.start("run", "--data", self.data, "--config", config, "--port", 0)
        tool.wait_for(lambda: "received" in tool.said(process), what="the end of the file")
        self.assertGreater(self.counters()["waiting"], 200)
        self.import_catalogue()
        tool.wait_for(lambda: self.counters()["waiting"] == 0, what="the second evaluation")
        self.assertGreater(self.counters()["passed"], 0)
        tool.stop(process)
        self.check()
        self.standing()

    def test_a_retired_filter_is_abandoned_and_a_paused_one_waits(self):
        self.make(self.data)
        self.lose_catalogue()
        self.ingest(self.file)
        waiting = self.counters()["waiting"]
        self.ask("filter", "pause", "late")
        self.import_catalogue()
        self.ingest(self.file)
        self.assertEqual(self.counters()["waiting"], waiting)
        self.ask("filter", "retire", "late")
        self.ingest(self.file)
        counters = self.counters()
        self.assertEqual((counters["waiting"], counters["undetermined"]), (0, 0))
        self.assertEqual(counters["not_run"], waiting)
        self.assertNotIn("passed", counters)
        self.check()
        self.assertEqual(self.records(), [])


if __name__ == "__main__":
    tool.unittest.main()
