"""Strings of a packet that are not UTF-8: the bytes are kept, whatever is printed or published has U+FFFD in their place."""
import csv
import io
import json
import struct
import unittest

import fastavro

import packets
import tool

BAD = b"\xff\xfe\x80"
SHOWN = "\ufffd" * 3
FILTER = """-- title: All
-- owner: test
-- topic: all
SELECT a.diaSourceId, a.band, s.designation
FROM alert AS a LEFT JOIN packet_sso AS s USING (diaSourceId)
WHERE a.diaSourceId > 0
"""


def spoiled(alert, place):
    """The alert's message with three bytes that are no UTF-8 in a string of a record."""
    alert = dict(alert)
    record, field = place
    alert[record] = dict(alert[record], **{field: "QZJ"})
    good = packets.message(packets.NEWEST, alert)
    assert good.count(b"\x06QZJ") == 1
    return good.replace(b"\x06QZJ", b"\x06" + BAD)


class BadUTF8(tool.Case):
    def setUp(self):
        super().setUp()
        alerts = packets.stream(6, seed=8, objects=4, movers=1)
        self.star = next(alert for alert in alerts if alert["diaObject"])
        self.mover = next(alert for alert in alerts if alert["ssSource"])
        self.messages = [spoiled(self.star, ("diaSource", "band")), spoiled(self.mover, ("ssSource", "designation"))]
        self.file = packets.write_framed(self.directory / "alerts.framed", self.messages)

    def test_decode(self):
        lines = [json.loads(line) for line in tool.nightjar("decode", self.file).text.splitlines()]
        self.assertEqual(SHOWN, lines[0]["diaSource"]["band"])
        self.assertEqual(SHOWN, lines[1]["ssSource"]["designation"])

    def test_stored_shown_and_published(self):
        path = self.directory / "all.sql"
        path.write_text(FILTER)
        self.ask("filter", "deploy", path)
        totals = self.ingest(self.file).totals
        self.assertEqual((2, 0), (totals["new"], totals["dead_lettered"]))
        star, mover = (packets.source_id(alert) for alert in (self.star, self.mover))
        thing = self.star["diaSource"]["diaObjectId"]
        points = {point["diaSourceId"]: point for point in self.curve(thing, "--origin", "detection")}
        self.assertEqual(SHOWN, points[str(star)]["band"])
        rows = list(csv.DictReader(io.StringIO(self.ask("lightcurve", thing, "--format", "csv").text)))
        self.assertEqual([SHOWN], [row["band"] for row in rows if row["diaSourceId"] == str(star)])
        self.assertEqual(0, self.ask("db", "check").status)
        _, url = self.serve()
        # The archive keeps no cutouts unless told; all else is as it came.
        for source, message in zip((star, mover), self.messages):
            kept = tool.fetch(f"{url}/api/v1/alerts/{source}/packet").content
            self.assertEqual(message[:500], kept[:500], "the bytes are kept")
            self.assertIn(BAD, kept)
            self.assertEqual(200, tool.fetch(f"{url}/api/v1/alerts/{source}").status)
            cutout = tool.fetch(f"{url}/api/v1/alerts/{source}/cutouts/difference")
            self.assertIn(cutout.status, (200, 404, 410), cutout.content)
        answer = tool.fetch(f"{url}/api/v1/streams/nightjar_test_all?from=0&limit=2&timeout=5")
        self.assertEqual(200, answer.status, answer.content)
        records = {}
        for line in answer.text.splitlines():
            row = json.loads(line)
            row = row.get("record", row)
            records[row["diaSourceId"]] = row["selected"]
        self.assertEqual(SHOWN, records[str(star)]["band"])
        self.assertEqual(SHOWN, records[str(mover)]["designation"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
