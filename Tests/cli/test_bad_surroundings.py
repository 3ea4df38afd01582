"""What surrounds the alerts is wrong: arguments, configuration, directory, port. Each is said clearly, with the exit status
that the design gives it, and what is there stays as it was."""
import os
import signal
import socket
import subprocess
import time
import unittest

import packets
import tool


class BadArguments(tool.Case):
    """Nothing of this needs a data directory."""

    def check(self, words, status, *said):
        answer = tool.nightjar(*words, status=status, cwd=self.directory)
        self.assertEqual(b"", answer.out, "machine output stays empty")
        for text in said:
            self.assertIn(text, answer.said)
        return answer

    def test_commands(self):
        self.check([], 2, "nightjar demo", "Exit status")
        self.check(["ingst", "a"], 2, "there is no command ingst", "did you mean nightjar ingest?")
        self.check(["filter"], 2, "needs one more word", "check, test")
        self.check(["filter", "chek", "x"], 2, "did you mean nightjar filter check?")
        self.check(["help", "nothing"], 2, "there is no command nothing")
        self.check(["xyzzyplugh"], 2, "there is no command xyzzyplugh", "nightjar help")

    def test_options(self):
        self.check(["status", "--form", "json"], 2, "no option --form", "did you mean --format?")
        self.check(["status", "--format", "xml"], 2, "--format is one of json")
        self.check(["status", "--format"], 2, "--format needs a value")
        self.check(["status", "--format=json", "--format=json"], 2, "--format is given twice")
        self.check(["lightcurve", "--sso=1", "5"], 2, "--sso takes no value")
        self.check(["ingest"], 2, "an argument is missing", "usage: nightjar ingest FILE")
        self.check(["status", "more"], 2, "too many arguments")
        self.check(["demo", "--nights", "0"], 2, "whole number from 1 to 1000")
        self.check(["serve", "--port", "99999"], 2, "port is \"99999\"", "from 0 to 65535")

    def test_identifiers(self):
        for text in ["0", "-5", "1e5", "9223372036854775808", "99999999999999999999", ""]:
            self.check(["lightcurve", text], 2, f"\"{text}\" is no diaObjectId", "9223372036854775807")

    def test_radii(self):
        self.check(["cone", "10", "-20.5", "10"], 2, "the unit is missing")
        self.check(["cone", "1", "2", "-1arcsec"], 2, "greater than zero")
        self.check(["cone", "1", "2", "1parsec"], 2, "not a radius")

    def test_no_data(self):
        for words in [["status"], ["lightcurve", "5"], ["cone", "-10", "-20", "1arcsec"], ["deadletters", "list"]]:
            self.check(words, 2, "there is no Nightjar data in nightjar-data", "--data")
        self.assertEqual([], os.listdir(self.directory), "a question makes no directory")
        self.check(["serve", "--port", "0"], 2, "there is no Nightjar data in nightjar-data", "--data")
        self.check(["ingest", "absent.avro", "--data", "fresh"], 1, "no file 'absent.avro'")
        self.assertEqual([], os.listdir(self.directory), "nor does a file that is not there")

    def test_nobody_listens(self):
        self.check(["status", "--server", "http://127.0.0.1:1"], 1, "connect")

    def test_configuration(self):
        config = self.directory / "nightjar.yaml"
        words = ["run", "--config", config]
        self.check(words, 2, "cannot read", "No such file")
        config.write_text("log:\n  levle: info\n")
        self.check(words, 2, f"{config}:2", "no key log.levle", "did you mean log.level?")
        config.write_text("port: many\n")
        self.check(words, 2, "port is \"many\"", "integer")
        config.write_text("a: [1, 2\nb: }\n")
        self.check(words, 2, str(config))
        config.write_text("log:\n  level: loud\n")
        self.check(words, 2, "log.level is \"loud\"", "debug, info, warning or error")
        for text, *said in [
            ("batch: {alerts: 0}", "batch.alerts is \"0\"", "from 1 to"),
            ("batch: {milliseconds: 0}", "batch.milliseconds is \"0\"", "from 1 to"),
            ("catalogues: {radii: {gaia: abc}}", "catalogues.radii.gaia is \"abc\"", "no radius"),
            ("catalogues: {radii: {gaia: -1}}", "catalogues.radii.gaia is \"-1\"", "no radius"),
            ("publish: {format: xml}", "publish.format is \"xml\""),
            ("kafka: {bootstrap: h, security_protocol: x}", "kafka.security_protocol is \"x\"", "sasl_ssl"),
            ("kafka: {bootstrap: h, password_file: absent}", "cannot read absent"),
            ("publish: {bootstrap: h, password_file: absent}", "cannot read absent"),
            ("port: 0\n---\nport: 1", "second document"),
        ]:
            config.write_text(f"files: [{config}]\n{text}\n")
            self.check(words, 2, *said)
        config.write_text("port: 0\n")
        self.check(words, 2, "no source of alerts is configured", "kafka.bootstrap")
        self.assertEqual(["nightjar.yaml"], os.listdir(self.directory), "a wrong configuration makes no directory")
        if os.geteuid() != 0:
            config.chmod(0)
            self.check(words, 2, "cannot read", "Permission denied")


    def test_unknown_variables(self):
        answer = tool.nightjar("ingest", "absent.avro", status=1, cwd=self.directory, NIGHTJAR_POTR="1")
        self.assertIn("NIGHTJAR_POTR means no setting", answer.said)
        self.assertIn("did you mean NIGHTJAR_PORT?", answer.said)


class Signals(tool.Case):
    """A stop is a stop from the first moment on."""

    def setUp(self):
        super().setUp()
        # Under nohup it is ignored, by whatever is started from here, too.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)

    def stopped_early(self, signal_number, *words):
        data = self.directory / f"d{signal_number}{words[0]}"
        process = self.start(*words, "--data", data)
        tool.wait_for(data.exists, every=0, what="the directory")
        return tool.stop(process, signal_number)

    def test_a_stop_while_the_directory_is_opened(self):
        config = self.directory / "run.yaml"
        file = packets.write_container(self.directory / "a.avro", packets.stream(2, objects=3))
        config.write_text(f"port: 0\nfiles: [{file}]\n")
        for signal_number in [signal.SIGTERM, signal.SIGINT, signal.SIGHUP]:
            self.assertEqual(0, self.stopped_early(signal_number, "run", "--config", config))
            self.assertEqual(0, self.stopped_early(signal_number, "ingest", file))

    def test_a_closed_terminal_stops_in_order(self):
        config = self.directory / "run.yaml"
        file = packets.write_container(self.directory / "a.avro", packets.stream(2, objects=3))
        config.write_text(f"data: {self.data}\nport: 0\nfiles: [{file}]\n")
        process = self.start("run", "--config", config)
        tool.wait_for(lambda: "serving" in tool.said(process), what="serving")
        self.assertEqual(0, tool.stop(process, signal.SIGHUP))
        process = subprocess.Popen(
            [tool.BINARY, "run", "--config", config], env=tool.environment(), stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_IGN))
        self.addCleanup(process.kill)
        tool.wait_for(lambda: tool.nightjar("status", "--data", self.data, status=None).status == 0, what="an answer")
        process.send_signal(signal.SIGHUP)
        time.sleep(0.3)
        self.assertIsNone(process.poll(), "nohup keeps it running")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(0, process.wait(10))


class BadDirectories(tool.Case):
    def setUp(self):
        super().setUp()
        self.alerts = packets.stream(2, objects=3)
        self.file = packets.write_container(self.directory / "a.avro", self.alerts)

    def test_a_directory_of_a_newer_version(self):
        self.ingest(self.file)
        path = self.data / "FORMAT"
        before = path.read_text()
        version = int(before.split()[1])
        path.write_text(before.replace(str(version), str(version + 1), 1))
        for words in [["ingest", self.file], ["status"], ["serve", "--port", 0], ["deadletters", "retry"]]:
            answer = tool.nightjar(*words, "--data", self.data, status=1)
            self.assertIn("newer nightjar", answer.said)
            self.assertIn(f"format {version + 1}", answer.said)
            self.assertEqual(b"", answer.out)
        path.write_text(before)
        self.assertEqual(len(self.alerts), self.ask("status").json["counters"]["nightjar_new_total"])

    def test_a_directory_of_something_else(self):
        self.data.mkdir()
        (self.data / "FORMAT").write_text("a diary\n")
        answer = self.ingest(self.file, status=1)
        self.assertIn("FORMAT is not a nightjar database's", answer.said)
        self.assertEqual("a diary\n", (self.data / "FORMAT").read_text())

    def test_a_file_where_the_directory_should_be(self):
        self.data.write_text("not a directory")
        answer = self.ingest(self.file, status=None)
        self.assertIn(answer.status, (1, 2))
        self.assertIn(str(self.data), answer.said)

    def test_a_second_owner(self):
        self.ingest(self.file)
        config = self.directory / "run.yaml"
        config.write_text(f"data: {self.data}\nport: 0\nfiles: [{self.file}]\n")
        owner = self.start("run", "--config", config)
        tool.wait_for(lambda: (self.data / "control").exists(), what="the owner's socket")
        tool.wait_for(lambda: tool.nightjar("status", "--data", self.data, status=None).status == 0, what="an answer")
        answer = self.ingest(self.file, status=1)
        self.assertIn(str(owner.pid), answer.said)
        self.assertIn("owns", answer.said)
        second = tool.nightjar("run", "--config", config, status=1)
        self.assertIn(str(owner.pid), second.said)
        self.assertEqual(len(self.alerts), self.ask("status").json["counters"]["nightjar_new_total"], "the owner answers")
        self.assertEqual(0, tool.stop(owner))
        self.assertEqual(0, self.ingest(self.file).totals["received"], "free again")

    def test_an_owner_that_died_leaves_no_lock(self):
        self.ingest(self.file)
        config = self.directory / "run.yaml"
        config.write_text(f"data: {self.data}\nport: 0\nfiles: [{self.file}]\n")
        owner = self.start("run", "--config", config)
        tool.wait_for(lambda: tool.nightjar("status", "--data", self.data, status=None).status == 0
                      and "serving" in tool.said(owner), what="an answer")
        owner.send_signal(signal.SIGKILL)
        owner.wait()
        self.assertTrue((self.data / "control").exists(), "its socket is still there")
        self.assertEqual(len(self.alerts), self.ask("status").json["counters"]["nightjar_new_total"])
        self.assertEqual(0, self.ingest(self.file).totals["received"])

    def test_a_busy_port(self):
        self.ingest(self.file)
        with socket.socket() as holder:
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            config = self.directory / "run.yaml"
            config.write_text(f"data: {self.data}\nport: {port}\nfiles: [{self.file}]\n")
            for words in [["serve", "--data", self.data, "--port", port], ["run", "--config", config]]:
                answer = tool.nightjar(*words, status=1)
                self.assertIn(str(port), answer.said)
                self.assertIn("is taken", answer.said)
        process, url = self.serve()
        self.assertEqual(200, tool.fetch(url + "/healthz").status)

    def test_questions_about_what_is_not_there(self):
        self.ingest(self.file)
        for identifier in [1, 2**53 + 1, 2**63 - 1]:
            answer = self.ask("lightcurve", identifier, status=1)
            self.assertIn(str(identifier), answer.said)
            self.assertEqual(b"", answer.out)
        self.assertIn("\"-10\"", self.ask("cone", -10, 0, "1arcsec", status=2).said)
        self.assertIn("ra", self.ask("cone", 400, 0, "1arcsec", status=2).said)
        self.assertIn("dec", self.ask("cone", 10, -95, "1arcsec", status=2).said)
        self.assertIn("ra", self.ask("cone", "abc", 0, "1arcsec", status=2).said)
        self.assertEqual([], self.ask("cone", 10, -89.5, "1arcsec").json["objects"])
        for words, text in [(["--limit", "0"], "limit"), (["--limit", "-1"], "limit"), (["--band", "q"], "band"),
                            (["--start", "2026-13-01T00:00:00Z"], "start"), (["--start", "-5"], "start"),
                            (["--origin", "guess"], "origin")]:
            self.assertIn(text, self.ask("lightcurve", self.alerts[0]["diaSource"]["diaObjectId"], *words, status=2).said)
        self.assertIn("no such dead letter", self.ask("deadletters", "show", 7, status=1).said)


if __name__ == "__main__":
    unittest.main(verbosity=2)
