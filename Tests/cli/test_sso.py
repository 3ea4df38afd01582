"""Solar System objects end to end: light curves by name, their summary, movers without an orbit, observations for others."""
import csv
import datetime
import io
import json
import math
import random
import subprocess
import sys
import unittest

import fastavro
import numpy
from scipy.optimize import curve_fit

import packets
import tool

#: 2007 VY347 as published.
ORBITS = (
    "designation,q,e,i,node,argperi,tp_mjd_tt,epoch_mjd_tt,h,g\n"
    "2007 VY347,2.23004923758184,0.195074767519964,8.7256770508825,251.3431670196189,194.6376768171826,"
    "59535.115677469,61000,17.671,0.15\n")
BODY = int.from_bytes(b"K07VY7Y", "big")
PLANTED = {"g": (18.31, 0.55), "r": (17.72, 0.55)}


def hg12(phase, h, g12):
    """Muinonen et al. 2010 by sbpy, an independent program."""
    from sbpy.photometry import HG12
    return numpy.asarray(HG12.evaluate(numpy.radians(numpy.asarray(phase, float)), h, g12))


def ades_problem(directory, text):
    """What the IAU's own validator says of a submission; None when it is sound."""
    psv, xml = directory / "observations.psv", directory / "observations.xml"
    psv.write_text(text)
    # Its parser keeps what it read in the module.
    program = "import sys; from ades import psvtoxml, valsubmit; psvtoxml.psvtoxml(*sys.argv[1:]); valsubmit.valsubmit(sys.argv[2])"
    done = subprocess.run(
        [sys.executable, "-c", program, psv, xml], cwd=directory, capture_output=True, text=True, timeout=60)
    return None if "submit is OK" in done.stdout else done.stdout + done.stderr


def observations(text):
    """The rows of an ADES text by column."""
    lines = [line for line in text.splitlines() if not line.startswith(("#", "!"))]
    return [dict(zip(lines[0].split("|"), line.split("|"))) for line in lines[1:]]


class SolarSystem(tool.Case):
    def setUp(self):
        super().setUp()
        self.sky = packets.Sky(3, objects=0, movers=0)
        self.orbits = self.directory / "orbits.csv"
        self.orbits.write_text(ORBITS)
        self.rng = random.Random(8)

    def alert(self, visit, ra, dec, magnitude, band="r", detector=40, sso=0, object_id=0, detections=1):
        """An alert of a sound source; magnitude None is a negative flux."""
        point = packets.Point(self.sky._id(), object_id, visit, detector, ra, dec, band, sso=sso)
        alert = self.sky.packet(packets.NEWEST, point)
        flux = -500.0 if magnitude is None else 10 ** ((31.4 - magnitude) / 2.5)
        alert["diaSource"].update(
            psfFlux=flux, psfFluxErr=abs(flux) * 0.02, raErr=1e-5, decErr=1.5e-5, ra_dec_Cov=3e-11, reliability=0.95,
            isNegative=False, isDipole=False, glint_trail=False, extendedness=0.25)
        if alert["diaObject"]:
            alert["diaObject"]["nDiaSources"] = detections
        return alert

    def ephemeris(self, times):
        file = self.directory / "times"
        file.write_text("".join(f"{time!r}\n" for time in times))
        rows = csv.DictReader(io.StringIO(tool.nightjar("ephemeris", "--orbits", self.orbits, "--times", file).text))
        return [{name: float(value) if name != "designation" and value else value for name, value in row.items()} for row in rows]

    def flights(self):
        """Thirty alerts of the body in two bands over seven months, where it is predicted to be."""
        visits = [packets.visit_id(14 * night, 20 + band) for night in range(15) for band in range(2)]
        alerts = []
        for index, (visit, place) in enumerate(zip(visits, self.ephemeris([packets.midpoint(visit, 40) for visit in visits]))):
            band = "gr"[index % 2]
            magnitude = float(hg12(place["phase"], *PLANTED[band])) + 5 * math.log10(place["r"] * place["delta"])
            # The packet knows every third.
            known = index % 3 == 0
            alerts.append(self.alert(
                visit, place["ra"], place["dec"] + 0.1 / 3600, magnitude + self.rng.gauss(0, 0.02), band,
                sso=BODY if known else 0, object_id=0 if known else self.sky._id()))
        return alerts

    def test_a_body_by_name(self):
        tool.nightjar("orbits", "import", self.orbits, "--data", self.data)
        alerts = self.flights()
        self.ingest(packets.write_container(self.directory / "a.avro", alerts))
        body = self.ask("lightcurve", "2007 VY347").json
        self.assertEqual((str(BODY), 30), (body["ssObjectId"], body["count"]))
        points = body["points"]
        self.assertEqual([str(packets.source_id(one)) for one in alerts], [one["diaSourceId"] for one in points])
        self.assertEqual(["both" if k % 3 == 0 else "ours" for k in range(30)], [one["association"] for one in points])
        self.assertEqual({False}, {one["provisional"] for one in points})
        for point, place in zip(points, self.ephemeris([one["midpointMjdTai"] for one in points])):
            self.assertAlmostEqual(place["phase"], point["phaseAngle"], delta=1e-4)
            self.assertAlmostEqual(place["r"], point["helioRange"], delta=1e-6)
            self.assertAlmostEqual(place["delta"], point["topoRange"], delta=1e-6)
            self.assertAlmostEqual(place["mag_v"], point["ephVmag"], delta=1e-4)
            self.assertAlmostEqual(0.1, point["ephOffset"], delta=1e-3)
            magnitude = 31.4 - 2.5 * math.log10(point["psfFlux"]) - 5 * math.log10(place["r"] * place["delta"])
            self.assertAlmostEqual(magnitude, point["reducedMag"], delta=1e-5)
        self.fits_agree(points)
        self.forms_agree(points)
        self.alert_shows(alerts[1])

    def fits_agree(self, points):
        """H, G12, errors, covariance and chi2 against SciPy over the light curve's own columns; and what was planted."""
        process, url = self.serve()
        found = tool.fetch(f"{url}/api/v1/sso/2007%20VY347").json
        tool.stop(process)
        self.assertEqual({"both": 10, "ours": 20, "packet": 0}, found["associations"])
        summary = found["ssObject"]
        self.assertEqual((30, 15, 15), (summary["nObs"], summary["g_nObs"], summary["r_nObsUsed"]))
        self.assertAlmostEqual(points[-1]["midpointMjdTai"] - points[0]["midpointMjdTai"], summary["arc"], delta=1e-3)
        self.assertEqual(points[0]["midpointMjdTai"], summary["firstObservationMjdTai"])
        for band, (h, g12) in PLANTED.items():
            mine = [one for one in points if one["band"] == band]
            phase = numpy.array([one["phaseAngle"] for one in mine])
            magnitude = numpy.array([one["reducedMag"] for one in mine])
            error = numpy.array([2.5 / math.log(10) * one["psfFluxErr"] / one["psfFlux"] for one in mine])
            (best_h, best_g), covariance = curve_fit(hg12, phase, magnitude, p0=[17, 0.3], sigma=error, absolute_sigma=True)
            chi2 = float((((magnitude - hg12(phase, best_h, best_g)) / error) ** 2).sum())
            self.assertFalse(summary[f"{band}_slope_fit_failed"], summary)
            for name, value in [
                ("H", best_h), ("G12", best_g), ("HErr", covariance[0, 0] ** 0.5), ("G12Err", covariance[1, 1] ** 0.5),
                (f"H_{band}_G12_Cov", covariance[0, 1]), ("Chi2", chi2),
            ]:
                self.assertAlmostEqual(value, summary[f"{band}_{name}"], delta=2e-4 * max(1, abs(value)), msg=name)
            self.assertLess(abs(summary[f"{band}_H"] - h), 5 * summary[f"{band}_HErr"])
            self.assertLess(abs(summary[f"{band}_G12"] - g12), 5 * summary[f"{band}_G12Err"])
        self.assertEqual(0, summary["u_nObs"])
        self.assertIsNone(summary["u_H"])

    def test_a_body_with_a_name_of_its_own(self):
        """No designation, no ssObjectId: found by prediction alone, and not for those who need a designation."""
        own = self.directory / "own.csv"
        own.write_text(ORBITS.replace("2007 VY347", "Test body"))
        alerts = self.flights()[1:3]
        tool.nightjar("orbits", "import", own, "--data", self.data)
        self.ingest(packets.write_container(self.directory / "a.avro", alerts))
        for name in ["Test body", "test body"]:
            curve = self.ask("lightcurve", name).json
            self.assertIsNone(curve["ssObjectId"])
            self.assertEqual(["ours", "ours"], [point["association"] for point in curve["points"]])
        self.assertIn("has no designation", self.ask("sso", "ades", "Test body", status=1).said)
        process, url = self.serve()
        found = tool.fetch(f"{url}/api/v1/sso/Test%20body").json
        self.assertEqual((None, 2, {"both": 0, "ours": 2, "packet": 0}), (
            found["ssObjectId"], found["ssObject"]["nObs"], found["associations"]))
        tool.stop(process)

    def test_bodies_of_a_night_are_published(self):
        tool.nightjar("orbits", "import", self.orbits, "--data", self.data)
        alerts = self.flights()
        self.ingest(packets.write_container(self.directory / "a.avro", alerts))
        last = alerts[-1]["diaSource"]["visit"] // 100_000
        text = self.ask("sso", "ades", "--night", last).text
        self.assertIsNone(ades_problem(self.directory, text))
        of_night = [str(packets.source_id(one)) for one in alerts if one["diaSource"]["visit"] // 100_000 == last]
        self.assertEqual([("2007 VY347", one) for one in of_night], [(row["provID"], row["obsSubID"]) for row in observations(text)])
        self.assertEqual(1, len(observations(self.ask("sso", "ades", "--night", last, "--limit", 1).text)))
        # The packet of the first of these two names the body.
        both = self.ask("sso", "ades", "--night", alerts[18]["diaSource"]["visit"] // 100_000).text
        self.assertEqual(["", "attributed by prediction alone"], [row["remarks"] for row in observations(both)])
        self.ask("sso", "ades", status=2)
        done = self.ask("sso", "publish", "--night", last).json
        self.assertEqual((last, 1, 1), (done["night"], done["bodies"], done["records"]))
        self.assertEqual(0, self.ask("sso", "publish", "--night", "20200101").json["records"])
        process, url = self.serve()
        schemas = tool.fetch(f"{url}/api/v1/streams").json
        topic = [one for one in schemas["topics"] if one["topic"] == "nightjar_ssobject"][0]
        self.assertEqual(1, topic["records"])
        fastavro.parse_schema(json.loads(tool.fetch(f"{url}/schemas/ids/{topic['schema']['id']}").json["schema"]))
        text = tool.fetch(f"{url}/api/v1/streams/nightjar_ssobject?from=earliest&limit=1&timeout=1").text
        record = json.loads(text.splitlines()[0])
        summary = tool.fetch(f"{url}/api/v1/sso/2007%20VY347").json["ssObject"]
        found = record.get("record", record)
        self.assertEqual(last, found["night"])
        for name, value in summary.items():
            self.assertEqual(value, found[name], name)
        tool.stop(process)
        self.ask("db", "check")

    def test_the_broker_publishes_bodies_of_a_night_that_ended(self):
        tool.nightjar("orbits", "import", self.orbits, "--data", self.data)
        yesterday = (datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1.5)).date()
        visits = [packets.visit_id((yesterday - datetime.date(2026, 1, 1)).days, 20 + k) for k in range(2)]
        places = self.ephemeris([packets.midpoint(visit, 40) for visit in visits])
        alerts = [self.alert(visit, place["ra"], place["dec"], 21) for visit, place in zip(visits, places)]
        files = [packets.write_container(self.directory / f"{k}.avro", [alert]) for k, alert in enumerate(alerts)]
        self.ingest(files[0])
        config = self.directory / "nightjar.yaml"
        config.write_text(f"files: [{files[1]}]\nsso: {{visit_closes_seconds: 2}}\n")
        process = self.start("run", "--config", config, "--data", self.data, "--port", 0)
        mark = self.data / "orbits" / "harvested"
        tool.wait_for(
            lambda: mark.exists() and int(mark.read_text().split()[2]) > 0, what="the end of the night", seconds=50)
        self.assertEqual(0, tool.stop(process))
        process, url = self.serve()
        lines = tool.fetch(f"{url}/api/v1/streams/nightjar_ssobject?from=earliest&limit=9&timeout=0").text.splitlines()
        self.assertEqual([str(BODY)], [json.loads(line)["record"]["ssObjectId"] for line in lines])
        tool.stop(process)

    def forms_agree(self, points):
        from astropy.io.votable import parse_single_table
        file = self.directory / "curve.xml"
        file.write_bytes(self.ask("lightcurve", "2007 VY347", "--format", "votable").out)
        table = parse_single_table(file).to_table()
        self.assertEqual([one["diaSourceId"] for one in points], [str(value) for value in table["diaSourceId"]])
        self.assertEqual([one["reducedMag"] for one in points], list(table["reducedMag"]))
        self.assertEqual("deg", str(table["phaseAngle"].unit))
        lines = self.ask("lightcurve", "2007 VY347", "--format", "csv").text.splitlines()
        self.assertEqual([one["association"] for one in points], [one["association"] for one in csv.DictReader(lines)])
        text = self.ask("sso", "ades", "2007 VY347").text
        self.assertIsNone(ades_problem(self.directory, text))
        rows = observations(text)
        self.assertEqual([one["diaSourceId"] for one in points], [one["obsSubID"] for one in rows])
        self.assertEqual({"2007 VY347"}, {one["provID"] for one in rows})
        from astropy.time import Time
        for row, point in zip(rows, points):
            self.assertAlmostEqual(point["midpointMjdTai"], Time(row["obsTime"], scale="utc").tai.mjd, delta=1e-8)
            self.assertAlmostEqual(point["ra"], float(row["ra"]), delta=1e-9)
            self.assertEqual("L" + point["band"], row["band"])
            self.assertAlmostEqual(point["raErr"] * 3600, float(row["rmsRA"]), delta=1e-5)
            self.assertAlmostEqual(0.2, float(row["rmsCorr"]), delta=1e-3)
            self.assertAlmostEqual(31.4 - 2.5 * math.log10(point["psfFlux"]), float(row["mag"]), delta=6e-4)

    def alert_shows(self, alert):
        process, url = self.serve()
        shown = tool.fetch(f"{url}/api/v1/alerts/{packets.source_id(alert)}").json
        tool.stop(process)
        self.assertEqual(("matched", str(BODY)), (shown["sso"]["status"], shown["sso"]["ssObjectId"]))
        # The visit was open when filters saw it; now it is closed.
        self.assertTrue(shown["sso"]["provisional"])
        self.assertEqual(("matched", False), (shown["sso_now"]["status"], shown["sso_now"]["provisional"]))
        self.assertEqual(["2007 VY347"], [one["designation"] for one in shown["sso_candidates"]])

    def test_movers_without_an_orbit(self):
        """Four movers of three rates, one of them known; a new star; a reliable nothing; a known object."""
        tool.nightjar("orbits", "import", self.orbits, "--data", self.data)
        visits = [packets.visit_id(3, 10), packets.visit_id(3, 60)]
        times = [packets.midpoint(visit, 40) for visit in visits]
        days = times[1] - times[0]
        alerts, expected = [], {}
        for number, rate in enumerate([0.03, 0.25, 1.2]):
            ra, dec = 40 + 2 * number, -20.0
            pair = [
                self.alert(visit, ra + rate * days * k / math.cos(math.radians(dec)), dec, 22 + 0.48 * k, "rg"[k], object_id=self.sky._id())
                for k, visit in enumerate(visits)]
            expected[tuple(str(packets.source_id(one)) for one in pair)] = rate
            alerts += pair
        for visit, place in zip(visits, self.ephemeris(times)):
            alerts.append(self.alert(visit, place["ra"], place["dec"], 22, object_id=self.sky._id()))
        star = self.sky._id()
        alerts += [self.alert(visit, 60, -20, 22, object_id=star, detections=k + 1) for k, visit in enumerate(visits)]
        alerts += [self.alert(visit, 70 + 0.003 * k, -20, 22, object_id=self.sky._id(), detections=5) for k, visit in enumerate(visits)]
        alerts.append(self.alert(visits[0], 80, -20, 22, object_id=self.sky._id()))
        alerts.sort(key=lambda one: one["diaSource"]["visit"])
        self.ingest(packets.write_container(self.directory / "a.avro", alerts))
        night = str(visits[0] // 100_000)
        found = self.ask("sso", "unknown", "--night", night).json
        self.assertEqual(expected.keys(), {(one["first_diaSourceId"], one["second_diaSourceId"]) for one in found["pairs"]})
        for one in found["pairs"]:
            rate = expected[one["first_diaSourceId"], one["second_diaSourceId"]]
            self.assertAlmostEqual(rate, one["rate"], delta=1e-3 * rate)
            self.assertAlmostEqual(90, one["pa_deg"], delta=0.5)
            self.assertAlmostEqual(1440 * days, one["minutes"], delta=1e-3)
        counts = found["counts"]
        self.assertEqual((13, 0, 2, 3), (
            counts["alerts"], counts["unknown"], counts["near_known_orbit"], counts["known_object"]))
        self.assertEqual(7, counts["candidates"] + counts["stationary"] - 1)
        text = self.ask("sso", "unknown", "--night", night, "--format", "ades", "--submitter", "A. Nyone").text
        self.assertIsNone(ades_problem(self.directory, text))
        self.assertIn("! name A. Nyone\n", text)
        rows = observations(text)
        names = {row["obsSubID"]: row["trkSub"] for row in rows}
        self.assertEqual({one["trkSub"] for one in found["pairs"]}, set(names.values()))
        for first, second in expected:
            self.assertEqual(names[first], names[second])
        from astropy.io.votable import parse_single_table
        file = self.directory / "pairs.xml"
        file.write_bytes(self.ask("sso", "unknown", "--night", night, "--format", "votable").out)
        table = parse_single_table(file).to_table()
        self.assertEqual([one["chance"] for one in found["pairs"]], list(table["chance"]))
        self.assertEqual(0, self.ask("sso", "unknown").json["counts"]["alerts"])
        self.assertIn("needs --night", self.ask("sso", "publish", status=2).said)
        self.assertIn("no detection of", self.ask("sso", "ades", "2007 VY348", status=1).said)

    def test_nothing_is_a_mover_where_no_orbit_is_known(self):
        """Without orbits nobody looked: alerts are unknown, and none is called a mover."""
        visits = [packets.visit_id(3, 10), packets.visit_id(3, 60)]
        alerts = [self.alert(visit, 40 + 0.01 * k, -20, 22, object_id=self.sky._id()) for k, visit in enumerate(visits)]
        self.ingest(packets.write_container(self.directory / "a.avro", alerts))
        found = self.ask("sso", "unknown", "--night", str(visits[0] // 100_000)).json
        self.assertEqual((2, 2, []), (found["counts"]["alerts"], found["counts"]["unknown"], found["pairs"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
