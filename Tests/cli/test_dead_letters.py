"""What could not be read is kept whole: listed, shown, and read again when the reason is gone."""
import gzip
import http.server
import json
import struct
import threading
import unittest

import packets
import tool

STRANGE = 4711


class Registry:
    """A Confluent schema registry with the schemas it is given, on a free port."""

    def __init__(self):
        self.schemas, self.asked, self.status = {}, [], None
        registry = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                registry.asked.append(self.path)
                schema = registry.schemas.get(self.path.rsplit("/", 1)[-1])
                status = registry.status or (200 if schema else 404)
                body = json.dumps({"schema": schema} if status == 200 else {"error_code": 40403, "message": "no"}).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()


class DeadLetters(tool.Case):
    def setUp(self):
        super().setUp()
        self.alerts = packets.stream(4, objects=4)
        self.registry = Registry()
        self.addCleanup(self.registry.close)

    def strange(self, alerts, version="10.0"):
        return [packets.message(version, alert, identifier=STRANGE) for alert in alerts]

    def test_list_and_show(self):
        whole = packets.message(packets.NEWEST, self.alerts[0])
        bad = [whole[:90], b"noise", self.strange(packets.stream(1, objects=1))[0]]
        path = packets.write_framed(self.directory / "a.framed", [whole, *bad])
        self.ingest(path, status=1)
        letters = self.dead_letters()
        self.assertEqual(["truncated", "framing", "schema"], [letter["reason"] for letter in letters])
        self.assertEqual([1, 2, 3], [letter["input"]["offset"] for letter in letters])
        self.assertEqual([len(each) for each in bad], [letter["message_len"] for letter in letters])
        self.assertEqual([None] * 3, [letter["retried_in"] for letter in letters])
        for letter, message in zip(letters, bad):
            shown = self.ask("deadletters", "show", letter["id"]).json
            self.assertEqual({**letter, **shown}, shown)
            self.assertEqual(message[:64].hex(), shown["message_head_hex"])
            self.assertEqual(message, self.ask("deadletters", "show", letter["id"], "--message").out)
        page = self.ask("deadletters", "list", "--limit", 2).json
        self.assertEqual(2, page["count"])
        rest = self.ask("deadletters", "list", "--from", page["next_from"]).json
        self.assertEqual([letters[2]["id"]], [letter["id"] for letter in rest["dead_letters"]])
        counters = self.ask("status").json["counters"]
        self.assertEqual(3, counters["nightjar_dead_lettered_total"])
        for reason in ["truncated", "framing", "schema"]:
            self.assertEqual(1, counters[f'nightjar_dead_lettered_by_reason_total{{reason="{reason}"}}'])

    def test_read_again_when_the_registry_knows_the_schema(self):
        """An id that nobody knows, then a registry that does: every letter is stored, once, and closed."""
        late = packets.stream(3, seed=9, version="10.0", objects=4, first_id=171_000_000_000_000_000)
        messages = [packets.message(packets.NEWEST, alert) for alert in self.alerts] + self.strange(late)
        path = packets.write_framed(self.directory / "a.framed", messages)
        totals = self.ingest(path, "--registry", self.registry.url, status=1).totals
        self.assertEqual((len(self.alerts), len(late)), (totals["new"], totals["dead_lettered"]))
        self.assertEqual(1, self.registry.asked.count(f"/schemas/ids/{STRANGE}"), "an unknown id is asked once, not each time")
        self.assertEqual(
            {"tried": len(late), "retried": 0},
            self.ask("deadletters", "retry", "--registry", self.registry.url).json, "still unknown")
        self.assertEqual(len(late), len(self.dead_letters()))
        self.registry.schemas[str(STRANGE)] = packets.Schema("10.0").canonical()
        done = self.ask("deadletters", "retry", "--registry", self.registry.url).json
        self.assertEqual({"tried": len(late), "retried": len(late)}, done)
        self.assertEqual([], self.dead_letters())
        closed = self.dead_letters("--all")
        self.assertEqual(len(late), len(closed))
        self.assertTrue(all(letter["retried_in"] for letter in closed))
        for object_id in {a["diaSource"]["diaObjectId"] for a in late} - {0}:
            wanted = [str(packets.source_id(a)) for a in late if a["diaSource"]["diaObjectId"] == object_id]
            got = [point["diaSourceId"] for point in self.curve(object_id, "--origin", "detection")]
            self.assertEqual(wanted, got)
        self.assertEqual({"tried": 0, "retried": 0}, self.ask("deadletters", "retry").json)
        counters = self.ask("status").json["counters"]
        self.assertEqual(len(late), counters["nightjar_retried_total"])

    def test_a_file_that_was_read_while_it_was_copied(self):
        """The alert at the cut comes when the same path is read again, or when the letters are."""
        whole = packets.write_container(self.directory / "whole.avro", self.alerts).read_bytes()
        framed = packets.write_framed(
            self.directory / "whole.framed", [packets.message(packets.NEWEST, alert) for alert in self.alerts]).read_bytes()
        for name, content in [("container", whole), ("framed", framed), ("gz", gzip.compress(framed))]:
            for cut in [7, len(content) // 2, len(content) - 300]:
                self.data = self.directory / f"{name}-{cut}"
                path = self.directory / f"growing-{name}-{cut}"
                path.write_bytes(content[:cut])
                self.ingest(path, "--accept-dead-letters")
                self.assertEqual(1, len(self.dead_letters()))
                self.ingest(path, "--accept-dead-letters")
                self.assertEqual(1, len(self.dead_letters()), "not doubled")
                path.write_bytes(content)
                if cut == 7:
                    self.assertEqual({"tried": 1, "retried": 1}, self.ask("deadletters", "retry").json)
                totals = self.ingest(path).totals
                self.assertTrue(totals["conserved"])
                counters = self.ask("status").json["counters"]
                self.assertEqual(len(self.alerts), counters["nightjar_new_total"], f"{name} cut at {cut}")
                self.assertEqual([], self.dead_letters())
                self.ask("db", "check")

    def test_retried_alerts_meet_the_filters(self):
        query = self.directory / "all.sql"
        query.write_text("-- owner: me\nSELECT a.diaSourceId FROM alert AS a\n")
        self.ingest(packets.write_framed(self.directory / "a.framed", self.strange(self.alerts)), status=1)
        self.ask("filter", "deploy", query)
        self.registry.schemas[str(STRANGE)] = packets.Schema("10.0").canonical()
        done = self.ask("deadletters", "retry", "--registry", self.registry.url).json
        self.assertEqual(len(self.alerts), done["retried"])
        counters = self.ask("status").json["counters"]
        self.assertEqual(len(self.alerts), counters['nightjar_filter_published_total{filter="all"}'])

    def test_a_retry_of_what_stays_bad(self):
        whole = packets.message(packets.NEWEST, self.alerts[0])
        self.ingest(packets.write_framed(self.directory / "a.framed", [whole, whole[:77]]), status=1)
        self.assertEqual({"tried": 1, "retried": 0}, self.ask("deadletters", "retry").json)
        self.assertEqual(1, len(self.dead_letters()), "open, and not doubled")

    def test_a_retry_of_what_came_otherwise_is_a_duplicate(self):
        """The same alert arrived in a readable form meanwhile."""
        (alert,) = packets.stream(1, objects=1, movers=0, seed=3, version="10.0")[:1]
        self.ingest(packets.write_framed(self.directory / "a.framed", self.strange([alert])), status=1)
        self.ingest(packets.write_container(self.directory / "b.avro", [alert], version="10.0"))
        self.registry.schemas[str(STRANGE)] = packets.Schema("10.0").canonical()
        self.assertEqual(
            {"tried": 1, "retried": 1}, self.ask("deadletters", "retry", "--registry", self.registry.url).json)
        self.assertEqual(1, len(self.curve(alert["diaSource"]["diaObjectId"], "--origin", "detection")))
        self.assertEqual(1, self.ask("status").json["counters"]["nightjar_duplicate_total"])

    def test_a_registry_that_is_away_is_waited_for(self):
        """No answer is no verdict: nothing becomes a dead letter, and reading goes on when the registry is back."""
        late = packets.stream(2, seed=9, version="10.0", objects=3)
        path = packets.write_framed(self.directory / "a.framed", self.strange(late))
        self.registry.status = 503
        process = self.start("ingest", "--data", self.data, "--format", "json", "--registry", self.registry.url, path)
        tool.wait_for(lambda: len(self.registry.asked) >= 2, what="a second try")
        self.assertIsNone(process.poll())
        status = self.ask("status").json
        self.assertEqual(0, status["counters"].get("nightjar_dead_lettered_total", 0))
        self.registry.schemas[str(STRANGE)] = packets.Schema("10.0").canonical()
        self.registry.status = None
        self.assertEqual(0, process.wait(30))
        totals = tool.totals(json.loads(tool.said(process).splitlines()[-1]))
        self.assertEqual(len(late), totals["new"])
        # Known for ever: the next start asks nobody.
        self.registry.status, before = 503, len(self.registry.asked)
        more = packets.write_framed(self.directory / "b.framed", self.strange(late[:1]))
        self.assertEqual(1, self.ingest(more, "--registry", self.registry.url).totals["duplicate"])
        self.assertEqual(before, len(self.registry.asked))

    def test_a_live_owner_retries(self):
        (alert,) = packets.stream(1, objects=1, movers=0, seed=3, version="10.0")[:1]
        path = packets.write_framed(self.directory / "a.framed", self.strange([alert]))
        config = self.directory / "run.yaml"
        config.write_text(f"data: {self.data}\nport: 0\nfiles: [{path}]\nregistry:\n  url: {self.registry.url}\n")
        owner = self.start("run", "--config", config)
        tool.wait_for(lambda: (self.data / "control").exists() and self.dead_letters(), what="the dead letter")
        self.registry.schemas[str(STRANGE)] = packets.Schema("10.0").canonical()
        self.assertEqual({"tried": 1, "retried": 1}, self.ask("deadletters", "retry").json)
        self.assertEqual(1, len(self.curve(alert["diaSource"]["diaObjectId"], "--origin", "detection")))
        self.assertEqual(0, tool.stop(owner))

    def test_containers_keep_their_schema_for_a_retry(self):
        """A body from a container is kept with the frame that names its schema."""
        broken = dict(self.alerts[0], diaSource=dict(self.alerts[0]["diaSource"], ra=400.0))
        self.ingest(packets.write_container(self.directory / "a.avro", [broken, self.alerts[1]]), status=1)
        (letter,) = self.dead_letters()
        message = self.ask("deadletters", "show", letter["id"], "--message").out
        self.assertEqual(struct.pack(">bI", 0, 1101) + packets.body(packets.NEWEST, broken), message)


if __name__ == "__main__":
    unittest.main(verbosity=2)
