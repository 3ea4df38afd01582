"""Every schema version in one directory of files: all of it comes back as it was written. And Rubin's real alerts."""
import csv
import decimal
import gzip
import io
import json
import math
import unittest

import numpy

import packets
import tool

VERSIONS = ["7.4", "8.0", "9.0", "10.0", "11.0", "11.1"]
# Fields that older versions spell otherwise; the rest keeps its name (Schemas/README.md).
RENAMED = {"is_negative": "isNegative", "time_processed": "timeProcessedMjdTai"}
REAL = tool.SHARED / "data" / "rubin"


def expected(record, known_as):
    """A record of a packet as a point of a light curve: only what has a column there."""
    out = {"origin": known_as}
    for name, value in record.items():
        model = RENAMED.get(name, name)
        if name == "time_processed":
            value = 40587 + (value / 1e6 + 37) / 86400
        out[model] = None if isinstance(value, float) and math.isnan(value) else value
    return out


class Versions(tool.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.skies = {}
        for k, version in enumerate(VERSIONS):
            sky = packets.Sky(seed=k, objects=3, movers=1, first_id=(170 + k) * 10**15)
            cls.skies[version] = [alert for visit in range(6) for alert in sky.visit(visit // 3, visit % 3, version)]

    def write(self, folder):
        """Containers of all codecs, frames and single messages, in one tree."""
        folder.mkdir()
        codecs = dict(zip(VERSIONS, ["null", "deflate", "snappy", "zstandard", "null", "deflate"]))
        for k, (version, alerts) in enumerate(self.skies.items()):
            third = len(alerts) // 3
            packets.write_container(
                folder / f"{k}a.avro", alerts[:third], version, codec=codecs[version], sync_interval=3000)
            packets.write_framed(
                folder / f"{k}b.framed", [packets.message(version, alert) for alert in alerts[third:2 * third]])
            (folder / f"{k}c").mkdir()
            for n, alert in enumerate(alerts[2 * third:]):
                (folder / f"{k}c" / f"{n:03}.avro").write_bytes(packets.message(version, alert))
        (folder / "notes.txt").write_text("the files beside this one hold alerts\n")
        return folder

    def points(self, alerts):
        """What the packets of one version say about each object: {object: {(origin, key): point}}."""
        objects = {}
        for alert in alerts:
            source = alert["diaSource"]
            if source["diaObjectId"] == 0:
                continue
            points = objects.setdefault(source["diaObjectId"], {})
            for detection in [source, *(alert["prvDiaSources"] or [])]:
                points["detection", detection["diaSourceId"]] = expected(detection, "detection")
            for forced in alert["prvDiaForcedSources"] or []:
                points["forced", forced["visit"], forced["detector"]] = expected(forced, "forced")
        return objects

    def check_point(self, version, wanted, got, absent=False):
        """`absent`: columns that the version lacks may be left out."""
        record = {"detection": "diaSource", "forced": "diaForcedSource"}[wanted["origin"]]
        types = {RENAMED.get(f["name"], f["name"]): f["type"] for f in packets.Schema(packets.NEWEST).records[record]}
        for name, type_ in types.items():
            where = f"{version} {wanted['origin']} {name}"
            value = wanted.get(name)
            primitive = [branch for branch in type_ if branch != "null"][0] if isinstance(type_, list) else type_
            if absent and name not in wanted:
                self.assertNotIn(name, got, where)
                continue
            self.assertIn(name, got, where)
            if value is None:
                self.assertIsNone(got[name], where)
            elif primitive == "long":
                self.assertEqual(str(value), got[name], where)
            elif primitive == "float":
                shortest = decimal.Decimal(str(numpy.float32(value)))
                self.assertEqual(shortest, decimal.Decimal(got[name]), where)
            elif primitive == "double" and name == "timeProcessedMjdTai" and version == "8.0":
                self.assertAlmostEqual(value, float(got[name]), delta=1e-9, msg=where)
            elif primitive == "double":
                self.assertEqual(repr(value), repr(float(got[name])), where)
            elif primitive == "int":
                self.assertEqual(value, int(got[name]), where)
            else:
                self.assertEqual(value, got[name], where)

    def test_all_versions_come_back_as_written(self):
        totals = self.ingest(self.write(self.directory / "files")).totals
        self.assertEqual(sum(map(len, self.skies.values())), totals["new"])
        self.assertTrue(totals["conserved"])
        for version, alerts in self.skies.items():
            for object_id, points in self.points(alerts).items():
                answer = self.ask("lightcurve", object_id)
                got = json.loads(answer.text, parse_float=str)["points"]
                self.assertEqual(len(points), len(got), version)
                times = [float(point["midpointMjdTai"]) for point in got]
                self.assertEqual(sorted(times), times)
                for point in got:
                    key = (("detection", int(point["diaSourceId"])) if point["origin"] == "detection" else
                           ("forced", int(point["visit"]), point["detector"]))
                    self.check_point(version, points[key], point)

    def test_csv_says_the_same(self):
        self.ingest(self.write(self.directory / "files"))
        object_id = self.skies["11.1"][0]["diaSource"]["diaObjectId"]
        points = json.loads(self.ask("lightcurve", object_id).text, parse_float=str, parse_int=str)["points"]
        rows = list(csv.DictReader(io.StringIO(self.ask("lightcurve", object_id, "--format", "csv").text)))
        self.assertEqual(len(points), len(rows))
        for point, row in zip(points, rows):
            for name, text in row.items():
                value = point.get(name)
                wanted = "" if value is None else str(value).lower() if isinstance(value, bool) else value
                self.assertEqual(wanted, text, name)

    def test_decode_says_the_same_as_fastavro(self):
        for version, alerts in self.skies.items():
            path = packets.write_framed(self.directory / "a.framed", [packets.message(version, a) for a in alerts])
            lines = tool.nightjar("decode", path).text.splitlines()
            self.assertEqual(len(alerts), len(lines))
            for alert, line in zip(alerts, lines):
                packet = json.loads(line, parse_float=str)
                self.check_point(
                    version, expected(alert["diaSource"], "detection"), packet["diaSource"], absent=True)

    def test_the_same_sky_in_two_versions_is_one_sky(self):
        """A packet that comes again in a newer version brings nothing new but the fields that it adds."""
        old, new = packets.stream(3, objects=3, version="10.0"), packets.stream(3, objects=3, version="11.0")
        self.ingest(packets.write_container(self.directory / "old.avro", old, "10.0"))
        object_id = old[0]["diaSource"]["diaObjectId"]
        before = len(self.curve(object_id))
        totals = self.ingest(packets.write_container(self.directory / "new.avro", new, "11.0")).totals
        self.assertEqual(len(new), totals["duplicate"] + totals["revised"])
        self.assertEqual(before, len(self.curve(object_id)))


@unittest.skipUnless(REAL.is_dir(), f"no real alerts in {REAL}")
class RealAlerts(tool.Case):
    def test_container_and_frames_give_the_same_light_curves(self):
        index = json.loads((REAL / "index.json").read_text())
        entries = index if isinstance(index, list) else index["alerts"]
        objects = sorted({int(entry["diaObjectId"]) for entry in entries if int(entry.get("diaObjectId") or 0)})
        curves = []
        for name in ["alerts_v10_0.avro", "alerts_v10_0.framed.zst"]:
            self.data = self.directory / name
            totals = self.ingest(REAL / name).totals
            self.assertEqual((84, 84, 0), (totals["received"], totals["new"], totals["dead_lettered"]))
            process, url = self.serve()
            curves.append([tool.fetch(f"{url}/api/v1/objects/{each}/lightcurve").content for each in objects])
            self.assertEqual(0, tool.stop(process))
        self.assertGreater(len(objects), 50)
        self.assertEqual(curves[0], curves[1])
        self.assertGreater(sum(map(len, curves[0])), 10**7)

    def test_both_ways_in_one_directory(self):
        first = self.ingest(REAL / "alerts_v10_0.avro").totals
        second = self.ingest(REAL / "alerts_v10_0.framed.zst").totals
        self.assertEqual((84, 0, 0), (second["duplicate"], second["new"], second["points"]))
        self.assertEqual(84, first["new"])

    def test_wire_messages_are_the_same_in_both_versions(self):
        first = self.ingest(REAL / "wire_v10").totals
        self.assertEqual((3, 0), (first["new"], first["dead_lettered"]))
        second = self.ingest(REAL / "wire_v11_1").totals
        self.assertEqual((3, 0), (second["duplicate"], second["points"]))

    def test_the_reference_decode(self):
        """Every value of the trigger as the reference has it."""
        for path in sorted(REAL.glob("wire_v1*/*.bin")):
            reference = json.loads(gzip.decompress(path.with_suffix(".json.gz").read_bytes()))
            packet = json.loads(tool.nightjar("decode", path).text)
            for name, value in reference["diaSource"].items():
                got = packet["diaSource"][name]
                if value in (None, "NaN"):
                    self.assertIsNone(got, name)
                elif isinstance(value, float):
                    self.assertEqual(numpy.float32(value), numpy.float32(got), name)
                else:
                    self.assertEqual(str(value), str(got), name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
