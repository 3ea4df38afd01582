"""Alerts that cannot be read or cannot be: each becomes a dead letter with its reason, and everything beside it is stored."""
import math
import random
import struct
import unittest

import fastavro

import packets
import tool

SEED = 20260101


class BadInput(tool.Case):
    def setUp(self):
        super().setUp()
        self.alerts = packets.stream(8, seed=SEED, objects=8)
        self.bad = self.alerts[len(self.alerts) // 2]
        self.good = [alert for alert in self.alerts if alert is not self.bad]

    def framed(self, *bad):
        """The good alerts with bad messages amid them."""
        messages = [packets.message(packets.NEWEST, alert) for alert in self.good]
        middle = len(messages) // 2
        return packets.write_framed(self.directory / "alerts.framed", messages[:middle] + list(bad) + messages[middle:])

    def check(self, path, *expected, lost=0):
        """Ingests; the dead letters are as expected, (reason, words of the detail) each, and all good alerts are there."""
        totals = self.ingest(path, status=1 if expected else 0).totals
        letters = self.dead_letters()
        found = [(letter["reason"], letter["detail"]) for letter in letters]
        self.assertEqual(len(expected), len(letters), found)
        for (reason, words), letter in zip(expected, letters):
            self.assertEqual(reason, letter["reason"], letter)
            self.assertIn(words, letter["detail"])
            self.assertEqual(f"file:{path.resolve()}", letter["input"]["topic"])
        self.assertTrue(totals["conserved"])
        stored = len(self.good) - lost
        self.assertEqual(stored, totals["new"])
        self.assertEqual(stored + len(expected), totals["received"])
        self.assertEqual(len(expected), totals["dead_lettered"])
        self.all_stored(self.good if lost == 0 else [])
        again = self.ingest(path).totals
        self.assertEqual(0, again["received"], "a file is read once")
        return letters

    def all_stored(self, alerts):
        """Every alert is in its object's light curve."""
        for object_id in {alert["diaSource"]["diaObjectId"] for alert in alerts} - {0}:
            wanted = {str(packets.source_id(a)) for a in alerts if a["diaSource"]["diaObjectId"] == object_id}
            got = {point.get("diaSourceId") for point in self.curve(object_id, "--origin", "detection")}
            self.assertLessEqual(wanted, got, f"object {object_id}")

    def message(self, alert=None, **known):
        """The bad alert's message with other values in its diaSource."""
        alert = dict(alert or self.bad)
        alert["diaSource"] = dict(alert["diaSource"], **known)
        alert["diaSourceId"] = alert["diaSource"]["diaSourceId"]
        return packets.message(packets.NEWEST, alert)

    # Packets

    def test_truncated_packet(self):
        whole = self.message()
        self.check(self.framed(whole[:-1], whole[:200], whole[:5]), *[("truncated", "")] * 3)

    def test_no_frame(self):
        path = self.framed(b"\0\0", b"", b"\x01" + self.message()[1:])
        self.check(path, ("framing", "2 bytes"), ("framing", "0 bytes"), ("framing", "first byte is 1"))

    def test_trailing_bytes(self):
        self.check(self.framed(self.message() + b"more"), ("malformed", ""))

    def test_bit_flipped_packets(self):
        """Flipped bits are read as other values or become dead letters; neighbours are never touched."""
        rng = random.Random(SEED)
        flipped = []
        for _ in range(15):
            bytes_ = bytearray(self.message())
            at = rng.randrange(5, len(bytes_))
            bytes_[at] ^= 1 << rng.randrange(8)
            flipped.append(bytes(bytes_))
        path = self.framed(*flipped)
        answer = self.ingest(path, status=None)
        totals, letters = answer.totals, self.dead_letters()
        self.assertTrue(totals["conserved"])
        self.assertEqual(len(self.good) + 15, totals["received"])
        self.assertEqual(len(letters), totals["dead_lettered"])
        self.assertEqual(1 if letters else 0, answer.status)
        self.assertGreaterEqual(totals["new"] + totals["revised"], len(self.good))
        self.all_stored(self.good)

    def test_noise_and_flipped_lengths(self):
        rng = random.Random(SEED + 1)
        header = struct.pack(">bI", 0, 1101)
        self.assertEqual(4, len(self.check_some([header + rng.randbytes(2000) for _ in range(4)])))

    def check_some(self, bad):
        totals = self.ingest(self.framed(*bad), status=1).totals
        self.assertTrue(totals["conserved"])
        self.all_stored(self.good)
        return self.dead_letters()

    def test_oversized_message(self):
        path = self.framed(self.message() + bytes(11 << 20))
        letters = self.check(path, ("oversized", "larger than 10485760"))
        self.assertLess(letters[0]["message_len"], 4096, "only the head is kept")

    def test_wrong_endian_schema_id(self):
        whole = self.message()
        self.check(
            self.framed(whole[:1] + struct.pack("<I", 1101) + whole[5:]), ("schema", "the producer writes little-endian"))

    def test_unknown_schema(self):
        letters = self.check(self.framed(self.message()[:1] + struct.pack(">I", 4711) + self.message()[5:]), ("schema", "4711"))
        self.assertEqual(1, letters[0]["byte_offset"])

    def test_wrong_schema(self):
        """11.1's bytes said to be 10.0's, and 10.0's said to be 11.0's: same fields, other bytes."""
        older = packets.stream(8, seed=SEED, version="10.0", objects=8)[len(self.alerts) // 2]
        bad = [
            packets.message(packets.NEWEST, self.bad, identifier=1000), packets.message("10.0", older, identifier=1100),
            packets.message(packets.NEWEST, self.bad, identifier=704)]
        letters = self.check_some(bad)
        self.assertEqual(3, len(letters))
        for letter in letters:
            self.assertIn(letter["reason"], ("truncated", "malformed", "impossible"))
            self.assertGreaterEqual(letter["message_len"], 100)

    # Values

    def test_id_zero_or_negative(self):
        path = self.framed(self.message(diaSourceId=0), self.message(diaSourceId=-5))
        letters = self.check(path, ("impossible", "diaSourceId is 0"), ("impossible", "diaSourceId is -5"))
        self.assertEqual("diaSource.diaSourceId", letters[0]["field_path"])

    def test_object_id_zero_is_an_alert_without_an_object(self):
        sky = packets.Sky(5)
        alerts = sky.visit(0, 1)
        movers = [alert for alert in alerts if alert["diaSource"]["diaObjectId"] == 0]
        nobody = sky.packet(packets.NEWEST, packets.Point(sky._id(), 0, packets.visit_id(0, 1), 3, 10.0, 20.0, "r", sso=0))
        null = sky.packet(packets.NEWEST, packets.Point(sky._id(), None, packets.visit_id(0, 1), 3, 11.0, 20.0, "r", sso=None))
        path = packets.write_container(self.directory / "a.avro", alerts + [nobody, null])
        totals = self.ingest(path).totals
        self.assertEqual(len(alerts) + 2, totals["new"])
        for alert in movers:
            curve = self.ask("lightcurve", "--sso", alert["diaSource"]["ssObjectId"]).json["points"]
            self.assertEqual([str(packets.source_id(alert))], [point["diaSourceId"] for point in curve])

    def test_positions(self):
        path = self.framed(
            self.message(ra=math.nan), self.message(dec=math.nan), self.message(ra=360.5), self.message(ra=-1e-9),
            self.message(dec=90.5), self.message(dec=math.inf))
        outside = [("impossible", "outside the sky")] * 4
        self.check(path, ("impossible", "NaN"), ("impossible", "NaN"), *outside)

    def test_poles_and_meridian_are_in_the_sky(self):
        sky = packets.Sky(6)
        places = [(0.0, 90.0), (360.0, -90.0), (360.0, 0.0), (0.0, 0.0)]
        alerts = [
            sky.packet(packets.NEWEST, packets.Point(sky._id(), 1000 + k, packets.visit_id(1, k), 3, ra, dec, "i"))
            for k, (ra, dec) in enumerate(places)]
        totals = self.ingest(packets.write_container(self.directory / "a.avro", alerts)).totals
        self.assertEqual(4, totals["new"])
        self.assertEqual(2, len(self.ask("cone", 0, 0, "1arcsec").json["objects"]))

    def test_times(self):
        path = self.framed(
            self.message(midpointMjdTai=99_999.0), self.message(midpointMjdTai=math.nan), self.message(midpointMjdTai=-1.0))
        self.check(path, ("impossible", "future"), ("impossible", "missing or NaN"), ("impossible", "missing or NaN"))

    def test_forced_points_without_an_object(self):
        alert = dict(self.bad, diaSource=dict(self.bad["diaSource"], diaObjectId=0))
        alert["prvDiaForcedSources"] = next(a["prvDiaForcedSources"] for a in self.alerts if a["prvDiaForcedSources"])
        letters = self.check(self.framed(packets.message(packets.NEWEST, alert)), ("impossible", "without a diaObject"))
        self.assertEqual("prvDiaForcedSources", letters[0]["field_path"])

    def test_a_past_point_from_the_future(self):
        alert = next(a for a in self.alerts if a["prvDiaSources"])
        self.bad, self.good = alert, [a for a in self.alerts if a is not alert]
        broken = [dict(point) for point in alert["prvDiaSources"]]
        broken[0]["midpointMjdTai"] = 99_999.0
        letters = self.check(
            self.framed(packets.message(packets.NEWEST, dict(alert, prvDiaSources=broken))), ("impossible", "99999"))
        self.assertEqual("prvDiaSources.midpointMjdTai", letters[0]["field_path"])

    # Containers

    def blocks(self, path):
        """(start, stop) of each block of a container, sync marker included."""
        with open(path, "rb") as file:
            blocks = list(fastavro.block_reader(file))
        self.counts = [block.num_records for block in blocks]
        return [(block.offset, block.offset + block.size) for block in blocks]

    def test_broken_sync_marker(self):
        """A damaged marker costs its own block, no other."""
        path = packets.write_container(self.directory / "a.avro", self.alerts)
        blocks = self.blocks(path)
        self.assertGreater(len(blocks), 4)
        content = bytearray(path.read_bytes())
        content[blocks[2][1] - 3] ^= 0x20
        path.write_bytes(content)
        totals = self.ingest(path, status=1).totals
        (letter,) = self.dead_letters()
        self.assertEqual("container", letter["reason"])
        self.assertIn("sync marker", letter["detail"])
        self.assertTrue(totals["conserved"])
        counts = self.counts
        self.assertEqual(len(self.alerts) - counts[2], totals["new"])
        self.all_stored(self.alerts[:sum(counts[:2])] + self.alerts[sum(counts[:3]):])

    def test_truncated_container(self):
        path = packets.write_container(self.directory / "a.avro", self.alerts)
        path.write_bytes(path.read_bytes()[:-30])
        totals = self.ingest(path, status=1).totals
        (letter,) = self.dead_letters()
        self.assertEqual("truncated", letter["reason"])
        self.assertTrue(totals["conserved"])
        self.assertGreater(totals["new"], len(self.alerts) // 2)

    def test_container_of_something_else(self):
        schema = {"type": "record", "name": "row", "fields": [{"name": "a", "type": "long"}]}
        path = self.directory / "rows.avro"
        with open(path, "wb") as file:
            fastavro.writer(file, fastavro.parse_schema(schema), [{"a": k} for k in range(3)])
        totals = self.ingest(path, status=1).totals
        self.assertEqual(0, totals["new"])
        self.assertEqual({"schema"}, {letter["reason"] for letter in self.dead_letters()})
        self.assertTrue(totals["conserved"])

    def test_damaged_compression(self):
        for codec in ["deflate", "snappy", "zstandard"]:
            with self.subTest(codec=codec):
                self.data = self.directory / codec
                path = packets.write_container(self.directory / f"{codec}.avro", self.alerts, codec=codec, sync_interval=400)
                start, stop = self.blocks(path)[1]
                content = bytearray(path.read_bytes())
                content[(start + stop) // 2] ^= 0xFF
                path.write_bytes(content)
                totals = self.ingest(path, status=None).totals
                self.assertTrue(totals["conserved"])
                self.assertGreaterEqual(totals["new"], len(self.alerts) - 20)

    # Files

    def test_files_that_are_none(self):
        answer = self.ingest(self.directory / "absent.avro", status=1)
        self.assertIn("no file", answer.said)
        answer = self.ingest(str(self.directory / "*.nothing"), status=1)
        self.assertIn("no file matches", answer.said)

    def test_empty_file(self):
        path = self.directory / "empty.avro"
        path.write_bytes(b"")
        totals = self.ingest(path).totals
        self.assertEqual(0, totals["received"])
        self.assertTrue(totals["conserved"])

    def test_directory_without_alerts(self):
        folder = self.directory / "folder"
        folder.mkdir()
        self.assertEqual(0, self.ingest(folder).totals["received"])
        (folder / "README.md").write_text("no alerts here\n")
        self.assertEqual(0, self.ingest(folder).totals["received"])
        self.assertEqual([], self.dead_letters())

    def test_text_file_by_name(self):
        path = self.directory / "notes.txt"
        path.write_text("no alerts here\n")
        self.check_only_letter(path, "framing")

    def check_only_letter(self, path, reason):
        totals = self.ingest(path, status=1).totals
        (letter,) = self.dead_letters()
        self.assertEqual(reason, letter["reason"])
        self.assertEqual(1, totals["received"])
        self.assertTrue(totals["conserved"])

    def test_a_bad_file_among_good_ones(self):
        folder = self.directory / "night"
        folder.mkdir()
        (folder / "a.avro").write_bytes(b"Obj\x01 and no more")
        packets.write_container(folder / "b.avro", self.alerts[:30])
        (folder / "c.bin").write_bytes(b"\xff\xfe\x00 noise")
        packets.write_container(folder / "d.avro", self.alerts[30:])
        totals = self.ingest(folder, status=1).totals
        self.assertEqual(len(self.alerts), totals["new"])
        self.assertEqual(["container", "framing"], [letter["reason"] for letter in self.dead_letters()])
        self.all_stored(self.alerts)

    def test_decode_says_what_it_cannot_read(self):
        path = self.framed(self.message()[:50])
        answer = tool.nightjar("decode", path, status=1)
        self.assertEqual(len(self.good), len(answer.text.splitlines()))
        self.assertIn("truncated", answer.said)

    def test_contradicting_ids(self):
        """One alert under two names, a diaObject or a past point that is another object's: each with the field that says it."""
        def spoiled(record, field, value):
            alert = dict(next(a for a in reversed(self.alerts) if a["prvDiaSources"] and a["prvDiaForcedSources"]))
            part = alert[record]
            if field is None:
                alert[record] = value
            elif isinstance(part, list):
                alert[record] = [dict(part[0], **{field: value})] + part[1:]
            else:
                alert[record] = dict(part, **{field: value})
            return packets.message(packets.NEWEST, alert)

        cases = [
            ("diaSourceId", None, 5, "diaSourceId"), ("diaObject", "diaObjectId", 77, "diaObject.diaObjectId"),
            ("diaObject", "ra", math.nan, "diaObject.ra"), ("diaObject", "dec", -91.0, "diaObject.ra"),
            ("prvDiaSources", "diaObjectId", 77, "prvDiaSources.diaObjectId"),
            ("prvDiaForcedSources", "diaObjectId", -1, "prvDiaForcedSources.diaObjectId"),
            ("prvDiaSources", "ra", 1e308, "prvDiaSources.ra"),
            ("prvDiaForcedSources", "midpointMjdTai", 50_000.0, "prvDiaForcedSources.midpointMjdTai")]
        bad = [spoiled(*case[:3]) for case in cases]
        path = packets.write_framed(self.directory / "alerts.framed", bad)
        self.assertEqual(len(cases), self.ingest(path, "--accept-dead-letters").totals["dead_lettered"])
        letters = self.dead_letters()
        self.assertEqual({"impossible"}, {letter["reason"] for letter in letters})
        self.assertEqual([case[3] for case in cases], [letter["field_path"] for letter in letters])

    def test_a_radius_too_large(self):
        """In the words and the unit of the command."""
        self.ingest(packets.write_container(self.directory / "a.avro", self.alerts))
        answer = self.ask("cone", "0", "0", "180deg", status=2)
        self.assertIn("parameter radius must be", answer.said)
        self.assertIn('"180deg"', answer.said)

    def test_a_visit_that_is_bad_as_a_whole_stops_the_file(self):
        """Twenty of one reason are no accident: the rest waits for the operator."""
        whole = self.message()
        path = self.framed(*[whole[:100 + k] for k in range(60)])
        answer = self.ingest(path, status=1)
        self.assertIn("--accept-dead-letters", answer.said)
        before = len(self.dead_letters())
        self.assertLess(before, 60)
        answer = self.ingest(path, "--accept-dead-letters", status=0)
        self.assertIn("kept as dead letters", answer.said)
        totals = answer.totals
        self.assertEqual(60, len(self.dead_letters()))
        self.assertTrue(totals["conserved"])
        self.all_stored(self.good)


if __name__ == "__main__":
    unittest.main(verbosity=2)
