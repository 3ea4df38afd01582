"""Alerts against orbits in a running broker and in ingest: which night and set are loaded, or why not."""
import csv
import datetime
import io
import time
import unittest

import packets
import tool
from test_orbits import CERES, TK6


class Nights(tool.Case):
    def load(self, text, *words):
        path = self.directory / "mpcorb"
        path.write_text(text)
        return self.ask("orbits", "import", path, *words, "--format", "json").json

    def alerts(self):
        return packets.Sky(21).visit(0, 1)

    def put(self, alert, name):
        """Moves an alert to where a body of the orbit file is predicted at the alert's time."""
        times = self.directory / "times"
        times.write_text(f"{alert['diaSource']['midpointMjdTai']!r}\n")
        text = self.ask_ephemeris("--orbits", self.directory / "mpcorb", "--times", times)
        row = next(row for row in csv.DictReader(io.StringIO(text)) if row["designation"] == name)
        alert["diaSource"].update(ra=float(row["ra"]), dec=float(row["dec"]))
        if alert.get("diaObject"):
            alert["diaObject"].update(ra=float(row["ra"]), dec=float(row["dec"]))

    def ask_ephemeris(self, *words):
        return tool.nightjar("ephemeris", *words).text

    def solar_system(self, url, path="/readyz"):
        return tool.fetch(url + path).json["solar_system"]

    def statuses(self, counters):
        """How many alerts are matched, unmatched and unknown."""
        return tuple(counters.get(f'nightjar_sso_alerts{{status="{name}"}}', 0) for name in ("matched", "unmatched", "unknown"))

    @staticmethod
    def ceres_now():
        """Ceres with an epoch in this month."""
        day = time.gmtime()
        packed = "JK"[day.tm_year >= 2000] + f"{day.tm_year % 100:02}" + "123456789ABC"[day.tm_mon - 1] + "1"
        return CERES.replace("K2669", packed)

    def broker(self, alerts=None, **settings):
        config = self.directory / "nightjar.yaml"
        waiting = self.directory / "waiting.avro"
        packets.write_container(waiting, alerts or packets.Sky(5, first_id=190_000_000_000_000_000).visit(2, 1))
        config.write_text(f"files: [{waiting}]\n")
        process = self.start("run", "--config", config, "--data", self.data, "--port", 0, **settings)
        url = tool.wait_for(lambda: self.address(process), what="the address")
        return process, url

    @staticmethod
    def address(process):
        lines = [line for line in tool.said(process).splitlines() if "url=" in line]
        return lines[0].split("url=")[1].split()[0] if lines else None

    def test_ingest_compares_with_orbits(self):
        version = self.load(CERES + TK6)["version"]
        alerts = self.alerts()
        self.put(alerts[0], "2006 TK6")
        answer = self.ingest(packets.write_container(self.directory / "a.avro", alerts))
        self.assertEqual((1, len(alerts) - 1, 0), self.statuses(answer.json))
        self.assertEqual(1, answer.json['nightjar_sso_packet{agreement="ours_only"}'])
        process, url = self.serve()
        stored = tool.fetch(f"{url}/api/v1/alerts/{packets.source_id(alerts[0])}").json
        self.assertEqual(version, stored["lineage"]["orbit_set"])
        tool.stop(process)

    def test_far_nights_are_unknown(self):
        self.load(TK6)
        alerts = self.alerts()
        answer = self.ingest(
            packets.write_container(self.directory / "a.avro", alerts), NIGHTJAR_SSO_VALID_DAYS="1")
        self.assertEqual((0, 0, len(alerts)), self.statuses(answer.json))
        self.assertEqual(1, answer.said.count("alerts are not compared with orbits"), answer.said)
        self.assertIn("valid for 1", answer.said)

    def test_settings_that_are_wrong(self):
        name = packets.write_container(self.directory / "a.avro", self.alerts())
        for key, value, word in [("SITE", "XYZ", "known codes"), ("VALID_DAYS", "0", "1 to 36525"), ("VALID_DAYS", "x", "no number")]:
            answer = self.ingest(name, status=2, **{f"NIGHTJAR_SSO_{key}": value})
            self.assertIn(word, answer.said)
            self.assertIn(f"sso.{key.lower()}", answer.said)
        self.assertFalse(self.data.exists())

    def test_a_broker_says_what_it_compares_with(self):
        process, url = self.broker()
        known = self.solar_system(url)
        self.assertEqual((None, 0, []), (known["orbit_set"], known["orbits"], known["nights"]))
        self.assertEqual("no orbits are known", known["unknown_tonight"])
        self.assertEqual(200, tool.fetch(url + "/readyz").status)
        # An orbit of today: tonight's index is made ahead of its first alert.
        version = self.load(self.ceres_now())["version"]
        tool.wait_for(lambda: self.solar_system(url)["nights"], what="tonight's orbits")
        for path in ("/readyz", "/api/v1/status"):
            known = self.solar_system(url, path)
            self.assertEqual((version, 1, None), (known["orbit_set"], known["orbits"], known["unknown_tonight"]))
            self.assertEqual([1], [night["orbits"] for night in known["nights"]])
        metrics = tool.fetch(url + "/metrics").text
        self.assertIn("nightjar_solar_system_orbits 1\n", metrics)
        self.assertIn(f"nightjar_solar_system_night {known['nights'][0]['night']}\n", metrics)
        self.assertEqual(0, tool.stop(process))

    def test_a_broker_catches_up_with_orbits_that_come_late(self):
        """What was unknown ends as if the orbits had been there from the beginning."""
        # The night before the one that is under way.
        last = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=1.5)
        night = (last.date() - datetime.date(2026, 1, 1)).days
        alerts = [alert for sequence in (1, 2) for alert in packets.Sky(31, first_id=sequence * 10**17).visit(night, sequence)]
        (self.directory / "mpcorb").write_text(self.ceres_now() + TK6)
        for alert in alerts[3], alerts[-4]:
            self.put(alert, "1")
        process, url = self.broker(alerts, NIGHTJAR_SSO_VISIT_CLOSES_SECONDS="1")
        counters = lambda: tool.fetch(url + "/api/v1/status").json["counters"]
        tool.wait_for(lambda: self.statuses(counters()) == (0, 0, len(alerts)), what="alerts of which nothing is known")
        version = self.load(self.ceres_now() + TK6)["version"]
        settled = (2, len(alerts) - 2, 0)
        tool.wait_for(lambda: self.statuses(counters()) == settled, what="alerts that are associated later")
        self.assertEqual(version, self.solar_system(url)["orbit_set"])
        curve = tool.fetch(url + "/api/v1/sso/1/lightcurve").json["points"]
        self.assertEqual(
            sorted(str(packets.source_id(alert)) for alert in (alerts[3], alerts[-4])),
            sorted(point["diaSourceId"] for point in curve))
        self.assertEqual(0, tool.stop(process))
        # With the orbits from the beginning.
        self.data = self.directory / "other"
        self.load(self.ceres_now() + TK6)
        answer = self.ingest(self.directory / "waiting.avro")
        self.assertEqual(settled, self.statuses(answer.json))


if __name__ == "__main__":
    unittest.main(verbosity=2)
