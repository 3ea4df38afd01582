"""User name and password reach the broker, and one that refuses them is a sentence in /readyz. The broker here speaks no more of
Kafka than that.

    NIGHTJAR=.build/debug/nightjar python Tests/cli/test_kafka_sasl.py
"""
import pathlib
import socket
import struct
import threading

from kafka_support import Broker, Nowhere, folder, until

API_VERSIONS, SASL_HANDSHAKE, SASL_AUTHENTICATE = 18, 17, 36
#: key, lowest and highest version of what librdkafka wants to know of.
SUPPORTED = [(0, 0, 7), (1, 0, 11), (3, 0, 5), (API_VERSIONS, 0, 0), (SASL_HANDSHAKE, 0, 1), (SASL_AUTHENTICATE, 0, 0)]


class RefusingBroker(threading.Thread):
    """Takes SASL PLAIN and refuses every password."""

    def __init__(self):
        super().__init__(daemon=True)
        self.seen = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = "127.0.0.1:%d" % self.listener.getsockname()[1]
        self.start()

    def run(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            while head := stream.read(4):
                request = stream.read(struct.unpack(">i", head)[0])
                key, version, correlation, client = struct.unpack(">hhih", request[:10])
                answer = self.answer(key, version, request[10 + max(client, 0):])
                body = struct.pack(">i", correlation) + answer
                connection.sendall(struct.pack(">i", len(body)) + body)

    def answer(self, key, version, body):
        if key == API_VERSIONS:
            # 35: not in this version; the client asks again in the oldest.
            keys = b"".join(struct.pack(">hhh", *one) for one in SUPPORTED)
            return struct.pack(">hi", 35 if version else 0, len(SUPPORTED)) + keys
        if key == SASL_HANDSHAKE:
            return struct.pack(">hih", 0, 1, 5) + b"PLAIN"
        assert key == SASL_AUTHENTICATE, key
        self.seen.append(body[4:])
        text = b"wrong password"
        return struct.pack(">hh", 58, len(text)) + text + struct.pack(">i", 0)


with folder() as name:
    home = pathlib.Path(name)
    (home / "password").write_text("open sesame\n")
    refusing = RefusingBroker()
    broker = Broker(
        home / "sasl", Nowhere(refusing.address), publish=None,
        extra=f"  security_protocol: sasl_plaintext\n  sasl_mechanism: PLAIN\n  username: ali\n"
              f"  password_file: {home / 'password'}\n")
    try:
        broker.start()
        reasons = until(lambda: [text for text in broker.reasons() if "password" in text], 30, "/readyz says why", broker)
        assert any("wrong password" in text or "uthentication" in text for text in reasons), reasons
        assert refusing.seen and set(refusing.seen) == {b"\0ali\0open sesame"}, refusing.seen
        print(f"sasl: {reasons[0][:200]}")
        broker.stop()
    finally:
        broker.kill()
        refusing.listener.close()
