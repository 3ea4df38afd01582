"""nightjar ephemeris, and the ephemerides and cones of the API: formats, errors, places of independent programs."""
import csv
import io
import math
import os
import unittest

import tool

HEADER = "designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt,h,g\n"
#: 2007 VY347 as published, and what ASSIST with DE440 says of it at X05 (MJD TAI, ra, dec, delta, V, rates).
VY347 = "2007 VY347,2.23004923758184,0.195074767519964,8.7256770508825,251.3431670196189,194.6376768171826," \
    "59535.115677469,61000,17.671,0.15\n"
PLACES = [
    (60790.2, 345.706569382, 1.671457671, 3.4668501915, 23.5062, 0.323312, 0.160565),
    (61240.05, 100.438416310, 20.876134147, 3.1885103014, 22.4695, 0.512793, -0.072116),
]
COLUMNS = "designation,mjd_tai,ra,dec,delta,r,phase,mag_v,rate_ra_cosdec,rate_dec,sigma_major,sigma_minor,sigma_pa".split(",")


def arcsec(ra1, dec1, ra2, dec2):
    east = (ra1 - ra2 + 180) % 360 - 180
    return 3600 * math.hypot(east * math.cos(math.radians(dec2)), dec1 - dec2)


class Ephemeris(tool.Case):
    def file(self, name, text):
        path = self.directory / name
        path.write_text(text)
        return path

    def ephemeris(self, orbits, times, *words, status=0):
        return tool.nightjar("ephemeris", "--orbits", orbits, "--times", times, *words, status=status)

    def test_places_and_formats(self):
        orbits = self.file("orbits.csv", HEADER + VY347)
        times = self.file("times", "# two\n" + "".join(f"{place[0]}\n" for place in PLACES))
        rows = list(csv.DictReader(io.StringIO(self.ephemeris(orbits, times).text)))
        self.assertEqual(COLUMNS, list(rows[0]))
        self.assertEqual(len(PLACES), len(rows))
        for row, (time, ra, dec, delta, v, rate_ra, rate_dec) in zip(rows, PLACES):
            self.assertEqual(time, float(row["mjd_tai"]))
            self.assertLess(arcsec(float(row["ra"]), float(row["dec"]), ra, dec), 0.05)
            self.assertAlmostEqual(delta, float(row["delta"]), delta=1e-6)
            self.assertAlmostEqual(v, float(row["mag_v"]), delta=0.005)
            self.assertAlmostEqual(rate_ra, float(row["rate_ra_cosdec"]), delta=1e-4)
            self.assertAlmostEqual(rate_dec, float(row["rate_dec"]), delta=1e-4)
            self.assertEqual("", row["sigma_major"])
        listed = self.ephemeris(orbits, times, "--format", "json").json
        self.assertEqual([float(row["ra"]) for row in rows], [one["ra"] for one in listed])
        self.assertIsNone(listed[0]["sigma_major"])
        table = self.file("table.xml", self.ephemeris(orbits, times, "--format", "votable").text)
        from astropy.io.votable import parse_single_table
        read = parse_single_table(table).to_table()
        self.assertEqual(COLUMNS, read.colnames)
        self.assertEqual([float(row["dec"]) for row in rows], list(read["dec"]))
        self.assertEqual("AU", str(read["delta"].unit))

    def test_own_names_stay_as_they_stand(self):
        """The column can be joined with that of the file, whatever form its names have."""
        names = ["1P/Halley", "K06T06K", "00433", "2007 VY347", "C/2020 F3 (NEOWISE)", "my body"]
        elements = VY347.split(",", 1)[1]
        orbits = self.file("orbits.csv", HEADER + "".join(f"{name},{elements}" for name in names))
        times = self.file("times", "61000.25\n")
        rows = list(csv.DictReader(io.StringIO(self.ephemeris(orbits, times).text)))
        self.assertEqual(names, [row["designation"] for row in rows])
        again = self.file("again.csv", HEADER + "~AZaz," + elements)
        both = tool.nightjar("ephemeris", "--orbits", orbits, "--orbits", again, "--times", times, "--format", "json").json
        self.assertEqual(names + ["~AZaz"], [one["designation"] for one in both])

    def test_sites_times_and_utc(self):
        orbits = self.file("orbits.csv", HEADER + VY347)
        tai = self.file("tai", "61000.25\n")
        # TAI is 37 s ahead of UTC.
        utc = self.file("utc", "2025-11-21T05:59:23Z\n")
        rows = [list(csv.DictReader(io.StringIO(self.ephemeris(orbits, times, *words).text)))[0] for times, words in [
            (tai, []), (utc, []), (tai, ["--site", "289.25058,0.864981,-0.500958"]), (tai, ["--site", "500"])]]
        places = [(float(row["ra"]), float(row["dec"])) for row in rows]
        self.assertLess(arcsec(*places[0], *places[1]), 1e-4)
        self.assertEqual(places[0], places[2])
        self.assertTrue(1 < arcsec(*places[0], *places[3]) < 8.8 / 1.8)

    def test_bad_input(self):
        orbits, times = self.file("orbits.csv", HEADER + VY347), self.file("times", "61000\n")
        for words, said in [
            (["--site", "ZZZ"], "not a site"), (["--site", "1,2"], "not a site"), (["--site", "10,2,2"], "not on the Earth"),
            (["--format", "fits"], "--format is one of"),
        ]:
            self.assertIn(said, self.ephemeris(orbits, times, *words, status=2).said)
        for name, text, said in [
            ("none", "", "no time"), ("word", "61000\nsoon\n", "line 2"), ("far", "161000\n", "too far from"),
            ("nan", "nan\n", "not a time"), ("missing", None, "cannot read"),
        ]:
            path = self.directory / name if text is None else self.file(name, text)
            self.assertIn(said, self.ephemeris(orbits, path, status=2).said)
        self.assertIn("--times", tool.nightjar("ephemeris", "--orbits", orbits, status=2).said)
        # One orbit of long ago does not stop the others; where there is no other, that is an error.
        old = VY347.replace("2007 VY347", "2007 VY348").replace("59535.115677469,61000", "9535.1,9000")
        for content in [old + VY347, VY347 + old]:
            answer = self.ephemeris(self.file("old.csv", HEADER + content), times, status=1)
            self.assertIn("2007 VY348 was left out: a time too far from the orbit's epoch", answer.said)
            self.assertEqual(["2007 VY347"], [row["designation"] for row in csv.DictReader(io.StringIO(answer.text))])
        answer = self.ephemeris(self.file("old.csv", HEADER + old), times, status=2)
        self.assertIn("2007 VY348", answer.said)
        self.assertEqual("", answer.text)
        partly = self.file("partly.csv", HEADER + VY347 + "bad,-1,0,0,0,0,0,61000,,\n" + VY347)
        answer = self.ephemeris(partly, times, status=1)
        self.assertIn("1 bad records", answer.said)
        self.assertEqual(3, len(answer.text.splitlines()))

    def test_the_sample_of_another_program(self):
        """108 bodies of ASSIST with DE440, all at once: within 0.05 arcsec (Trojans 0.5)."""
        source = tool.SHARED / "data" / "solar-system" / "assist_x05_sample.csv"
        if not source.exists():
            self.skipTest("no shared data")
        wanted = list(csv.DictReader(io.StringIO(source.read_text())))
        names = {}
        for row in wanted:
            names.setdefault(row["name"], ",".join([f"body {len(names)}"] + [row[key] for key in [
                "q_au", "e", "i_deg", "node_deg", "argperi_deg", "peri_time_mjd_tdb", "epoch_mjd_tdb"]] + ["18", "0.15"]))
        orbits = self.file("orbits.csv", HEADER + "\n".join(names.values()) + "\n")
        times = self.file("times", "\n".join(sorted({row["mjd_tai"] for row in wanted})) + "\n")
        answer = tool.nightjar("ephemeris", "--orbits", orbits, "--times", times, timeout=600)
        found = {(row["designation"], float(row["mjd_tai"])): row for row in csv.DictReader(io.StringIO(answer.text))}
        for row in wanted:
            name = names[row["name"]].split(",")[0]
            one = found[name, float(row["mjd_tai"])]
            offset = arcsec(float(one["ra"]), float(one["dec"]), float(row["ra_deg"]), float(row["dec_deg"]))
            self.assertLessEqual(offset, 0.5 if row["class"] == "TJN" else 0.05, row["name"])

    def test_over_http(self):
        tool.nightjar("demo", "--once", "--nights", 1, "--visits", 1, "--alerts", 20, "--data", self.data, timeout=120)
        self.ask("orbits", "import", self.file("orbits.csv", HEADER + VY347 + VY347.replace("2007 VY347,2.23", "2007 AB12,1.93")))
        process, url = self.serve()
        time, ra, dec, delta = PLACES[1][:4]
        rows = tool.fetch(f"{url}/api/v1/sso/K07VY7Y/ephemeris?start={time}&stop={time + 0.5}&step=6h").json
        self.assertEqual([time, time + 0.25], [row["mjd_tai"] for row in rows])
        self.assertLess(arcsec(rows[0]["ra"], rows[0]["dec"], ra, dec), 0.05)
        text = tool.fetch(f"{url}/api/v1/sso/2007%20VY347/ephemeris?start={time}&site=500&format=csv").text
        self.assertEqual(2, len(text.splitlines()))
        cone = tool.fetch(f"{url}/api/v1/sso/cone?ra={ra}&dec={dec}&radius_arcsec=60&epoch={time}")
        self.assertEqual(["2007 VY347"], [row["designation"] for row in cone.json])
        self.assertLess(arcsec(cone.json[0]["ra"], cone.json[0]["dec"], rows[0]["ra"], rows[0]["dec"]), 0.002)
        self.assertEqual([], tool.fetch(f"{url}/api/v1/sso/cone?ra={ra}&dec={-dec}&radius_arcsec=60&epoch={time}").json)
        for path, status in [
            ("2007%20VY347/ephemeris", 400), ("Nobody/ephemeris?start=61000", 404),
            ("2007%20VY347/ephemeris?start=61000&stop=60999", 400), ("2007%20VY347/ephemeris?start=1&stop=99999&step=1s", 400),
            ("2007%20VY347/ephemeris?start=61000&site=QQQ", 400), ("2007%20VY347/ephemeris?start=161000", 400),
            ("cone?ra=1&dec=2&radius_arcsec=5", 400),
            ("cone?ra=1&dec=2&radius_arcsec=5&epoch=63001", 400), ("cone?ra=1&dec=2&radius_arcsec=5&epoch=1e300", 400),
        ]:
            answer = tool.fetch(f"{url}/api/v1/sso/{path}")
            self.assertEqual(status, answer.status, path)
            self.assertEqual("application/problem+json", answer.headers["Content-Type"])

    def test_a_cone_far_from_the_epoch(self):
        """Refused, not empty: nothing is known of the field."""
        tool.nightjar("demo", "--once", "--nights", 1, "--visits", 1, "--alerts", 20, "--data", self.data, timeout=120)
        self.ask("orbits", "import", self.file("orbits.csv", HEADER + VY347))
        _, url = self.serve()
        for epoch, status in [(62999, 200), (63001, 400), (99999, 400), (20000, 400)]:
            answer = tool.fetch(f"{url}/api/v1/sso/cone?ra=1&dec=2&radius_arcsec=60&epoch={epoch}")
            self.assertEqual(status, answer.status, epoch)
            if status == 400:
                self.assertEqual("application/problem+json", answer.headers["Content-Type"])
                self.assertIn("MJD 61000", answer.json["detail"])
                self.assertIn("valid for 2000", answer.json["detail"])

    def test_an_orbit_file_that_shrinks(self):
        """Neither the server nor its other answers end; questions of orbits are refused until they are imported again."""
        tool.nightjar("demo", "--once", "--nights", 1, "--visits", 1, "--alerts", 20, "--data", self.data, timeout=120)
        # Some pages long.
        orbits = self.file("orbits.csv", HEADER + VY347 + "".join(
            VY347.replace("2007 VY347", f"2008 AB{k + 1}") for k in range(300)))
        self.ask("orbits", "import", orbits)
        process, url = self.serve()
        time, ra, dec = PLACES[1][:3]
        questions = [
            f"cone?ra={ra}&dec={dec}&radius_arcsec=60&epoch={time}", f"cone?ra={ra}&dec={dec}&radius_arcsec=60&epoch={time + 3}",
            f"2007%20VY347/ephemeris?start={time}"]
        self.assertEqual(200, tool.fetch(f"{url}/api/v1/sso/{questions[0]}").status)
        version = (self.data / "orbits" / "current").read_text().strip()
        os.truncate(self.data / "orbits" / version / "orbits", 100)
        for question in questions:
            answer = tool.fetch(f"{url}/api/v1/sso/{question}")
            self.assertEqual(503, answer.status, question)
            self.assertIn("import the orbits again", answer.json["hint"])
        self.assertEqual(200, tool.fetch(f"{url}/api/v1/status").status)
        self.assertIsNone(process.poll())
        self.assertEqual(1, tool.said(process).count("the orbit set cannot be used"))
        self.ask("orbits", "import", orbits)
        for question in questions:
            self.assertEqual(200, tool.fetch(f"{url}/api/v1/sso/{question}").status, question)



if __name__ == "__main__":
    unittest.main()
