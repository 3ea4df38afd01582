"""A schema registry that misbehaves by id, on a free port of loopback; prints the port, then serves until it is ended."""

import json
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KNOWN = json.dumps({"type": "record", "name": "t.known", "fields": [{"name": "a", "type": "int"}]})


class Registry(BaseHTTPRequestHandler):
    def log_message(self, *words):
        pass

    def answer(self, status, body, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        good = json.dumps({"schema": KNOWN}).encode()
        match self.path.rsplit("/", 1)[-1]:
            case "5000" | "known":
                self.answer(200, good)
            case "5001":
                self.answer(302, b"", Location="/schemas/ids/5000")
            case "5002":
                time.sleep(3)
            case "5003":
                self.answer(200, b"\x00\xffgarbage")
            case "5004":
                self.answer(200, b'{"id": 5004}')
            case "5005":
                self.answer(200, b" " * (17 << 20))
            case "5006":
                self.answer(302, b"", Location="/schemas/ids/5006")
            case "5007":
                self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Le")
                self.close_connection = True
            case "5008":
                self.answer(200, json.dumps({"schema": '{"type":"nonsense"}'}).encode())
            case "5500":
                self.answer(500, b'{"error_code": 50001, "message": "no store"}')
            case _:
                self.answer(404, b'{"error_code": 40403, "message": "Schema not found"}')

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        good = self.path == "/subjects/a%2Fb%20c/versions" and json.loads(body["schema"])["name"].endswith("known")
        if good:
            self.answer(200, b'{"id": 7000}')
        else:
            self.answer(409, b'{"error_code": 409, "message": "incompatible"}')


server = ThreadingHTTPServer(("127.0.0.1", 0), Registry)
server.daemon_threads = True
print(server.server_address[1], flush=True)
sys.stdout.close()
server.serve_forever()
