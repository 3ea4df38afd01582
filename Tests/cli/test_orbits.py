"""nightjar orbits: import, list, show, harvest; names of Solar System objects in questions; the lineage of commits."""
import gzip
import json
import time
import unittest

import packets
import tool

HEADER = "designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt,h,g\n"
CERES = (
    "00001    3.34  0.15 K2669 274.41935   73.29420   80.24863   10.58803  0.0796923  0.21430445   2.7655526  0 MPO980521"
    "  7297 126 1801-2026 0.83 M-v 30k Veres      4000      (1) Ceres              20260103\n")
TK6 = (
    "K06T06K 18.20  0.15 K25BL 121.00000   10.50000  200.25000   12.12500  0.2000000  0.25000000   2.4956000  2 MPO964264"
    "    60   5 2006-2024 0.55 M-v 3Ek MPCLINUX   0000         2006 TK6           20241015\n")
TK6_ID = 21163633152112203


class Orbits(tool.Case):
    def file(self, name, text):
        path = self.directory / name
        path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
        return path

    def load(self, *files, status=0, words=()):
        return self.ask("orbits", "import", *files, *words, "--format", "json", status=status)

    def test_import_list_show(self):
        report = self.load(self.file("mpcorb.gz", CERES + TK6)).json
        self.assertEqual((2, 1, 0, ["MPCORB"]), (
            report["orbits"], report["numbered"], report["bad_records"], report["formats"]))
        listed = self.ask("orbits", "list", "--format", "json").json
        self.assertEqual([(report["version"], True)], [(one["version"], one["is_current"]) for one in listed])
        for name in ["1", "(1)", "Ceres", "ceres", "00001", "(1) Ceres"]:
            shown = self.ask("orbits", "show", name).json
            self.assertEqual(("1", "Ceres", "00001"), (shown["designation"], shown["name"], shown["packed"]))
            self.assertEqual((61200, 3.34, 10.58803), tuple(shown["orbit"][key] for key in ["epoch_mjd_tt", "h", "i"]))
        shown = self.ask("orbits", "show", "2006", "TK6").json
        self.assertEqual(str(TK6_ID), shown["ssObjectId"])
        self.assertEqual("K06T06K", shown["packed"])
        self.assertEqual(shown, self.ask("orbits", "show", TK6_ID).json)
        self.assertIn("no orbit of Vesta", self.ask("orbits", "show", "Vesta", status=1).said)
        # The same content again is the same version; other content is another.
        self.assertEqual(report["version"], self.load(self.file("again", TK6 + CERES)).json["version"])
        second = self.load(self.file("one", TK6)).json
        self.assertNotEqual(report["version"], second["version"])
        self.assertEqual(2, len(self.ask("orbits", "list", "--format", "json").json))
        merged = self.load(self.file("mine.csv", HEADER + "My body,1,0.1,5,50,60,60900,61000,18,0.15\n"), words=["--merge"])
        self.assertEqual(2, merged.json["orbits"])
        # What alerts and filters see of a body without a designation.
        self.assertLess(int(self.ask("orbits", "show", "my body").json["ssObjectId"]), 0)
        self.load(self.file("comet.csv", HEADER + "C/2020 F3,0.29,0.99,128,61,37,59033,59034,8,4\n"), words=["--merge"])
        for name in ["2006 tk6", "2006tk6", "2006_tk6"]:
            self.assertEqual("2006 TK6", self.ask("orbits", "show", name).json["designation"], name)
        for name in ["c/2020 f3", "C/2020 f3"]:
            self.assertEqual("C/2020 F3", self.ask("orbits", "show", name).json["designation"], name)
        self.assertIn("orbits", self.ask("orbits", "list").text)

    def test_former_designations_stay(self):
        record = {
            "Number": "(433)", "Name": "Eros", "Principal_desig": "1898 DQ", "Other_desigs": ["1956 PC"], "H": 10.4, "G": 0.15,
            "Epoch": 2461000.5, "M": 310.5, "Peri": 178.9, "Node": 304.3, "i": 10.8, "e": 0.2227, "a": 1.4581}
        self.load(self.file("ext.json", json.dumps([record])))
        self.assertEqual("433", self.ask("orbits", "show", "1956 PC").json["designation"])
        self.load(self.file("newer.csv", HEADER + "433,1.1,0.2,10,50,60,60900,61300,10,0.15\n"), words=["--merge"])
        for name in ["433", "Eros", "1898 DQ", "1956 PC"]:
            shown = self.ask("orbits", "show", name).json
            self.assertEqual(("433", 61300), (shown["designation"], shown["orbit"]["epoch_mjd_tt"]), name)

    def test_bad_files_leave_what_is_in_use(self):
        version = self.load(self.file("good", CERES + TK6)).json["version"]
        for name, text, said in [
            ("empty", "", "is empty"), ("words", "hello\nworld\n", "no orbit file of a known format"),
            ("header", HEADER, "holds no orbit"), ("mostly", CERES + "x\ny\n", "bad records"),
        ]:
            answer = self.load(self.file(name, text), status=2)
            self.assertIn(said, answer.said)
            self.assertEqual(b"", answer.out)
        broken = self.directory / "cut.gz"
        broken.write_bytes(gzip.compress((CERES * 500).encode())[:200])
        self.assertIn("damaged or truncated", self.load(broken, status=2).said)
        self.assertIn("cannot read", self.load(self.directory / "nothing", status=2).said)
        some = self.file("some", CERES + TK6 + CERES[:50] + "\n" + CERES.replace("K2669", "K2F69"))
        answer = self.load(some, status=2, words=["--strict"])
        self.assertIn("2 bad records", answer.said)
        self.assertIn("line 3: 50 bytes", answer.said)
        self.assertIn("line 4: \"K2F69\" is no packed epoch", answer.said)
        self.assertEqual(version, self.ask("orbits", "list", "--format", "json").json[-1]["version"])
        answer = self.load(some)
        self.assertEqual(2, answer.json["bad_records"])
        self.assertIn("line 4", answer.said)
        self.assertEqual(version, answer.json["version"])

    def test_a_truncated_file_is_refused_and_half_a_set_is_warned_of(self):
        names = "".join(f"20{10 + one} AB,2,0.1,5,50,60,60900,61000,18,0.15\n" for one in range(10))
        report = self.load(self.file("whole.csv", HEADER + names)).json
        self.assertEqual((10, 0), (report["orbits"], report["orbits_before"]))
        self.assertNotIn("warning", report)
        answer = self.load(self.file("cut.csv", HEADER + names[:-20]), status=2)
        self.assertIn("is truncated", answer.said)
        self.assertEqual(report["version"], self.ask("orbits", "list", "--format", "json").json[-1]["version"])
        answer = self.load(self.file("cut", CERES + TK6[:-12]), status=2)
        self.assertIn("is truncated", answer.said)
        answer = self.load(self.file("few", CERES + TK6 + CERES.replace("K2669", "L0011").replace("00001", "00002")))
        self.assertEqual((2, 10, 1), tuple(answer.json[key] for key in ["orbits", "orbits_before", "bad_records"]))
        self.assertIn("2 orbits, less than half of the 10", answer.json["warning"])
        self.assertIn("less than half of the 10", answer.said)
        self.assertIn("days ahead", answer.said)

    def test_a_damaged_set_is_seen(self):
        version = self.load(self.file("good", CERES + TK6)).json["version"]
        path = self.data / "orbits" / version / "orbits"
        content = bytearray(path.read_bytes())
        content[900] ^= 1
        path.write_bytes(content)
        self.assertIn("checksum", self.ask("orbits", "list", status=1).said)
        self.assertIn("import the orbits again", self.ask("orbits", "show", "Ceres", status=1).said)
        self.load(self.file("good", CERES + TK6))
        self.ask("orbits", "list")

    def movers(self):
        """Alerts of a visit, and those of Solar System objects among them."""
        alerts = packets.Sky(11).visit(0, 1)
        return alerts, [one for one in alerts if one["diaSource"]["diaObjectId"] == 0]

    def test_names_in_questions_and_lineage(self):
        alerts, movers = self.movers()
        movers[0]["diaSource"]["ssObjectId"] = TK6_ID
        if movers[0].get("ssSource"):
            movers[0]["ssSource"]["ssObjectId"] = TK6_ID
        source = packets.source_id(movers[0])
        self.ingest(packets.write_container(self.directory / "a.avro", alerts))
        # By designation alone, before any orbit is known.
        for name in ["2006 TK6", "2006_tk6", "K06T06K", TK6_ID]:
            words = ["--sso"] if name == TK6_ID else []
            points = self.ask("lightcurve", name, *words).json["points"]
            self.assertEqual([str(source)], [point["diaSourceId"] for point in points])
        self.assertIn("no such Solar System object", self.ask("lightcurve", "Ceres", status=1).said)
        report = self.load(self.file("orbits", CERES + TK6.replace("K06T06K", "~000A  ").replace("  2006 TK6", "  (620010) 2006 TK6"))).json
        for words in [["(620010)"], ["--sso", "620010"], ["2006", "TK6"], ["--sso", TK6_ID]]:
            points = self.ask("lightcurve", *words).json["points"]
            self.assertEqual([str(source)], [point["diaSourceId"] for point in points])
        self.assertIn("<svg", self.ask("lightcurve", "2006 TK6", "--format", "svg").text)
        self.assertIn("its orbit is known", self.ask("lightcurve", "Ceres", status=1).said)
        process, url = self.serve()
        for name in ["620010", "2006%20TK6", "K06T06K", "~000A", str(TK6_ID)]:
            known = tool.fetch(f"{url}/api/v1/sso/{name}").json
            self.assertEqual(("620010", "2006 TK6", str(TK6_ID), 1), (
                known["designation"], known["provisional"], known["ssObjectId"], known["detection_count"]))
            self.assertEqual(report["version"], known["orbit"]["orbit_set"])
            curve = tool.fetch(url + known["lightcurve"]).json
            self.assertEqual([str(source)], [point["diaSourceId"] for point in curve["points"]])
            self.assertEqual(curve, tool.fetch(f"{url}/api/v1/sso/{name}/lightcurve").json)
        self.assertEqual(0, tool.fetch(f"{url}/api/v1/sso/Ceres").json["detection_count"])
        self.assertEqual(404, tool.fetch(f"{url}/api/v1/sso/Vesta").status)
        self.assertEqual(404, tool.fetch(f"{url}/api/v1/sso/C%2F2020%20F3").status)
        tool.stop(process)
        # Alerts from now on say which orbits were in use; those before say none.
        later = packets.Sky(12, first_id=180_000_000_000_000_000).visit(1, 1)
        self.ingest(packets.write_container(self.directory / "b.avro", later))
        process, url = self.serve()
        for alert, version in [(movers[0], None), (later[0], report["version"])]:
            stored = tool.fetch(f"{url}/api/v1/alerts/{packets.source_id(alert)}").json
            self.assertEqual(version, stored["lineage"]["orbit_set"])
        tool.stop(process)
        self.assertIn("orbit_sets", self.ask("db", "check").text)
        copy = self.directory / "copy"
        self.assertEqual(report["version"], json.loads(self.ask("db", "backup", copy).text)["orbit_set"])
        self.assertEqual(2, len(self.ask("orbits", "list", data=copy).text.split("orbits,")))

    def test_harvest(self):
        simulated = self.directory / "alerts"
        tool.nightjar("simulate", "--alerts", 400, "--visits", 2, "--nights", 1, "--seed", 5, "--out", f"{simulated}/")
        files = sorted(path for path in simulated.rglob("*") if path.is_file())
        self.ingest(*files)
        report = self.ask("orbits", "harvest").json
        self.assertGreater(report["records"], 5)
        self.assertGreater(report["bodies"], 5)
        self.assertEqual(0, report["bad_records"], report["first_bad"])
        self.assertEqual(report["bodies"], report["orbits"])
        listed = self.ask("orbits", "list", "--format", "json").json[-1]
        self.assertEqual((report["version"], report["bodies"]), (listed["version"], listed["orbits"]))
        self.assertEqual(report["bodies"], listed["with_covariance"])
        # Again: nothing is newer, and the version stays.
        self.assertEqual(report["version"], self.ask("orbits", "harvest").json["version"])
        self.assertEqual(0, self.ask("orbits", "harvest", "--night", "20200101").json["records"])
        merged = self.load(self.file("f", CERES), words=["--merge"]).json
        self.assertEqual(report["bodies"] + 1, merged["orbits"])

    def test_the_broker_harvests_nights_that_ended(self):
        simulated = self.directory / "alerts"
        tool.nightjar("simulate", "--alerts", 400, "--visits", 1, "--nights", 1, "--seed", 6, "--out", f"{simulated}/")
        files = sorted(path for path in simulated.rglob("*") if path.is_file())
        self.ingest(*files)
        config = self.directory / "nightjar.yaml"
        config.write_text(f"files: [{files[0]}]\nsso: {{visit_closes_seconds: 2}}\n")
        process = self.start("run", "--config", config, "--data", self.data, "--port", 0)
        mark = self.data / "orbits" / "harvested"
        tool.wait_for(mark.exists, what="the harvest")
        self.assertEqual(0, tool.stop(process))
        listed = self.ask("orbits", "list", "--format", "json").json
        self.assertGreater(listed[-1]["orbits"], 2)
        self.assertRegex(mark.read_text(), r"^20\d{6} \d+ \d+\n$")

    def test_the_broker_harvests_a_backlog(self):
        """Alerts of a past night that are committed after the broker looked at it, twice."""
        mark = self.data / "orbits" / "harvested"
        def harvested():
            return [line.split()[1] for line in mark.read_text().splitlines()] if mark.exists() else []

        found = []
        for seed in [7, 8]:
            simulated = self.directory / f"alerts{seed}"
            tool.nightjar("simulate", "--alerts", 400, "--visits", 1, "--nights", 1, "--seed", seed, "--out", f"{simulated}/")
            config = self.directory / f"nightjar{seed}.yaml"
            config.write_text(f"files: [{[str(path) for path in sorted(simulated.rglob('*')) if path.is_file()][0]}]\nsso: {{visit_closes_seconds: 2}}\n")
            had = harvested()
            process = self.start("run", "--config", config, "--data", self.data, "--port", 0)
            tool.wait_for(lambda: harvested() != had, what="the harvest", seconds=50)
            self.assertEqual(0, tool.stop(process))
            listed = self.ask("orbits", "list", "--format", "json").json
            found.append([one for one in listed if one["is_current"]][0]["orbits"])
        self.assertGreater(found[0], 2)
        self.assertGreater(found[1], found[0])

    def test_a_running_broker_takes_new_orbits(self):
        alerts, _ = self.movers()
        self.ingest(packets.write_container(self.directory / "a.avro", alerts))
        process, url = self.serve()
        self.assertEqual(404, tool.fetch(f"{url}/api/v1/sso/Ceres").status)
        self.load(self.file("orbits", CERES))
        started = time.monotonic()
        tool.wait_for(lambda: tool.fetch(f"{url}/api/v1/sso/Ceres").status == 200, what="the new orbit set")
        self.assertLess(time.monotonic() - started, 6)


if __name__ == "__main__":
    unittest.main(verbosity=2)
