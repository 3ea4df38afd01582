"""The HTTP service over a small demo: every endpoint that it lists answers, streams flow and resume, errors explain themselves."""
import http.client
import io
import json
import re
import struct
import unittest
import xml.dom.minidom

import fastavro

import tool


class HTTP(tool.Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.holder = tool.Case()
        tool.Case.setUp(cls.holder)
        cls.addClassCleanup(lambda: (tool.Case.tearDown(cls.holder), cls.holder.doCleanups()))
        holder = cls.holder
        tool.nightjar("demo", "--once", "--nights", 3, "--visits", 3, "--alerts", 80, "--data", holder.data, timeout=120)
        cls.process, cls.url = holder.serve()
        cls.alerts = cls.get("/api/v1/alerts?limit=500").json["alerts"]
        cls.object = next(alert["diaObjectId"] for alert in cls.alerts if alert["diaObjectId"])
        cls.mover = next(alert["ssObjectId"] for alert in cls.alerts if alert["ssObjectId"])
        cls.topic = "nightjar_demo_solar_system"

    @classmethod
    def get(cls, path, **headers):
        return tool.fetch(cls.url + path, **headers)

    def problem(self, answer, status, *words):
        self.assertEqual(status, answer.status)
        self.assertEqual("application/problem+json", answer.headers["Content-Type"].split(";")[0])
        self.assertEqual(status, answer.json["status"])
        for word in words:
            self.assertIn(word, answer.text)
        return answer.json

    def test_every_listed_endpoint_answers(self):
        """GET: an answer of the kind it should be. POST: without a token it is refused, whatever it is."""
        examples = {
            "diaObjectId": self.object, "ssObjectId": self.mover, "diaSourceId": self.alerts[0]["diaSourceId"],
            "topic": self.topic, "subject": self.topic + "-value", "version": "latest", "name": "solar_system",
            "kind": "difference", "id": None}
        absent = {"/api/v1/deadletters/{id}": 404, "/api/v1/deadletters/{id}/message": 404,
                  "/api/v1/alerts/{diaSourceId}/cutouts/{kind}": 404}
        query = {"/api/v1/cone": "?ra=10&dec=-20&radius_arcsec=5", "/api/v1/streams/{topic}": "?limit=1&timeout=0",
                 "/api/v1/sso/{name}/ephemeris": "?start=61000", "/api/v1/sso/cone": "?ra=10&dec=-20&radius_arcsec=5&epoch=61000"}
        identifier = self.get(f"/subjects/{self.topic}-value/versions/latest").json["id"]
        listed = self.get("/api/v1").json["endpoints"]
        self.assertGreater(len(listed), 30)
        for endpoint in listed:
            pattern = endpoint["path"]
            examples["id"] = 0 if "deadletters" in pattern else identifier
            examples["name"] = self.mover if "/sso/" in pattern else "solar_system"
            path = re.sub(r"\{(\w+)\}", lambda match: str(examples[match[1]]), pattern) + query.get(pattern, "")
            with self.subTest(path=path):
                self.assertTrue(endpoint["summary"])
                answer = tool.fetch(self.url + path, method=endpoint["method"], body=b"" if endpoint["method"] == "POST" else None)
                if endpoint["method"] != "GET":
                    self.problem(answer, 401)
                elif pattern in absent:
                    self.problem(answer, absent[pattern])
                else:
                    self.assertEqual(200, answer.status, answer.content[:300])
                    self.assertTrue(answer.content)
                    if answer.headers["Content-Type"].startswith("application/json"):
                        answer.json
                    head = tool.fetch(self.url + path, method="HEAD")
                    self.assertEqual((200, b""), (head.status, head.content))
        wrong = self.get("/api/v1/objets/5")
        self.problem(wrong, 404, "objects")

    def test_the_page_links_what_is_there(self):
        page = self.get("/")
        self.assertTrue(page.headers["Content-Type"].startswith("text/html"))
        links = set(re.findall(r'(?:href|src)="(/[^"]*)"', page.text))
        self.assertGreater(len(links), 10)
        for link in links:
            link = link.replace("&amp;", "&")
            stream = "/api/v1/streams/" in link and "?" not in link
            answer = self.get(link + "?limit=1&timeout=0" if stream else link)
            self.assertEqual(200, answer.status, link)

    def test_a_drawing_is_sound_xml(self):
        drawing = self.get(f"/api/v1/objects/{self.object}/lightcurve.svg")
        self.assertTrue(drawing.headers["Content-Type"].startswith("image/svg+xml"))
        document = xml.dom.minidom.parseString(drawing.content)
        self.assertEqual("svg", document.documentElement.tagName)
        self.assertNotIn("nan", drawing.text.lower())

    def test_streams_list(self):
        topics = {topic["topic"]: topic for topic in self.get("/api/v1/streams").json["topics"]}
        status = self.get("/api/v1/status").json
        counted = tool.totals(status["counters"])
        self.assertTrue({"nightjar_demo_new_transient", self.topic, "nightjar_deadletters"} <= set(topics))
        movers = topics[self.topic]
        self.assertEqual(counted["solar_system"], movers["records"])
        self.assertEqual(movers["next"] - movers["earliest"], movers["records"])
        self.assertEqual((0, None), (topics["nightjar_deadletters"]["records"], topics["nightjar_deadletters"]["example"]))
        self.assertEqual(7, movers["retention"]["days"])

    def test_ndjson_by_offset(self):
        lines = self.get(f"/api/v1/streams/{self.topic}?timeout=0").text.splitlines()
        records = [json.loads(line) for line in lines]
        self.assertEqual(list(range(len(records))), [record["offset"] for record in records])
        rest = self.get(f"/api/v1/streams/{self.topic}?from=3&limit=4&timeout=0").text.splitlines()
        self.assertEqual(lines[3:7], rest)
        last = self.get(f"/api/v1/streams/{self.topic}?from=latest&timeout=0")
        self.assertEqual((200, b""), (last.status, last.content))
        self.assertEqual(str(len(lines)), last.headers["Nightjar-Next-Offset"])
        self.problem(self.get(f"/api/v1/streams/{self.topic}?from=999999"), 400, "not there yet")
        self.problem(self.get(f"/api/v1/streams/{self.topic}?from=soon"), 400, "from")
        self.problem(self.get("/api/v1/streams/nightjar_demo_solar_sistem"), 404, "did you mean nightjar_demo_solar_system?")

    def test_server_sent_events_resume(self):
        path = f"/api/v1/streams/{self.topic}?limit=5&timeout=0"
        first = self.get(path, Accept="text/event-stream")
        self.assertTrue(first.headers["Content-Type"].startswith("text/event-stream"))
        self.assertEqual([0, 1, 2, 3, 4], self.event_ids(first.text))
        second = self.get(path, Accept="text/event-stream", Last_Event_ID="4")
        self.assertEqual([5, 6, 7, 8, 9], self.event_ids(second.text))
        data = [json.loads(line[5:]) for line in second.text.splitlines() if line.startswith("data:")]
        lines = self.get(f"/api/v1/streams/{self.topic}?from=5&limit=5&timeout=0").text.splitlines()
        self.assertEqual([json.loads(line) for line in lines], data)
        self.problem(self.get(path, Accept="text/event-stream", Last_Event_ID="x"), 400, "Last-Event-ID")

    def event_ids(self, text):
        return [int(line[3:]) for line in text.splitlines() if line.startswith("id:")]

    def test_a_stream_stays_open(self):
        """Without a timeout the answer does not end after the last record."""
        host = self.url.removeprefix("http://")
        connection = http.client.HTTPConnection(host, timeout=3)
        connection.request("GET", f"/api/v1/streams/{self.topic}")
        answer = connection.getresponse()
        count = self.get("/api/v1/streams").json["topics"]
        wanted = next(topic["records"] for topic in count if topic["topic"] == self.topic)
        for offset in range(wanted):
            self.assertEqual(offset, json.loads(answer.readline())["offset"])
        with self.assertRaises(TimeoutError):
            answer.readline()
        connection.close()

    def test_schemas_read_our_records(self):
        subjects = self.get("/subjects").json
        self.assertIn(self.topic + "-value", subjects)
        for subject in subjects:
            version = self.get(f"/subjects/{subject}/versions/latest").json
            schema = self.get(f"/schemas/ids/{version['id']}").json["schema"]
            self.assertEqual(json.loads(version["schema"]), json.loads(schema))
            fastavro.parse_schema(json.loads(schema))
        self.assertEqual([1], self.get(f"/subjects/{self.topic}-value/versions").json)
        self.problem(self.get("/schemas/ids/123456789"), 404, "/subjects")
        self.problem(self.get("/schemas/ids/zero"), 400)

    def test_packets_are_the_bytes_that_came(self):
        identifier = self.alerts[0]["diaSourceId"]
        packet = self.get(f"/api/v1/alerts/{identifier}/packet").content
        magic, number = struct.unpack(">bI", packet[:5])
        self.assertEqual((0, 1101), (magic, number))
        schema = json.loads((tool.ROOT / "Schemas" / "lsst" / "11.1.json").read_text())
        alert = fastavro.schemaless_reader(io.BytesIO(packet[5:]), fastavro.parse_schema(schema))
        self.assertEqual(int(identifier), alert["diaSourceId"])

    def test_negotiation(self):
        path = f"/api/v1/objects/{self.object}/lightcurve"
        table = self.get(path, Accept="text/csv")
        self.assertTrue(table.headers["Content-Type"].startswith("text/csv"))
        self.assertEqual(table.content, self.get(path + "?format=csv").content)
        self.problem(self.get(path, Accept="image/png"), 406)
        self.problem(self.get(path + "?formt=csv"), 400, "format")
        self.problem(self.get(path + "?band=q"), 400, "band")
        self.problem(self.get("/api/v1/objects/123/lightcurve"), 404, "123")
        self.problem(self.get("/api/v1/objects/abc"), 400)
        pages, cursor = [], ""
        while cursor is not None:
            page = self.get(f"{path}?limit=2{cursor}").json
            pages += page["points"]
            cursor = page["next_cursor"] and "&cursor=" + page["next_cursor"]
        self.assertEqual(self.get(path).json["points"], pages)

    def test_other_methods(self):
        self.problem(tool.fetch(self.url + "/api/v1/status", method="DELETE"), 405, "GET")
        self.problem(tool.fetch(self.url + "/api/v1/filters", method="POST", body=b"SELECT 1"), 401, "token")
        options = tool.fetch(self.url + "/api/v1/status", method="OPTIONS")
        self.assertEqual((204, "*"), (options.status, options.headers["Access-Control-Allow-Origin"]))

    def test_metrics(self):
        text = self.get("/metrics").text
        names = set(re.findall(r"^# TYPE (\S+)", text, re.M))
        self.assertLessEqual({"nightjar_received_total", "nightjar_new_total", "nightjar_http_responses_total"}, names)
        for line in text.splitlines():
            self.assertRegex(line, r'^(#.*|[a-z_]+(\{.*\})? -?[0-9.e+-]+|)$')
        status = self.get("/api/v1/status").json["counters"]
        self.assertIn(f"nightjar_received_total {status['nightjar_received_total']}", text)
        answer = self.get("/readyz").json
        self.assertEqual((True, []), (answer["ready"], answer["reasons"]))


if __name__ == "__main__":
    unittest.main(verbosity=2)
