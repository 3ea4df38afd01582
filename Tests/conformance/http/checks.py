#!/usr/bin/env python3
"""Checks a server from outside: checks.py URL CONTROL_SOCKET TOKEN. The unit tests start the server and run this.

Needs the small sky of Tests/ServiceTests/FakeSky.swift: topic nightjar_tests_full with 1000 records,
nightjar_tests_deep with 200 000, a heartbeat of 0.3 s, and readers cut after 1 s.
"""
import json
import re
import socket
import sys
import threading
import time
import urllib.parse
import xml.dom.minidom

import requests

URL, CONTROL, TOKEN = sys.argv[1:4]
HOST = urllib.parse.urlparse(URL)
OBJECT = "170028502123456789"
failures = []


def check(ok, what):
    if not ok:
        failures.append(what)
        print("FAILED:", what, flush=True)


def raw(data, unix=False, wait=5.0):
    """Sends bytes, answers what comes until the server closes or is silent."""
    s = socket.socket(socket.AF_UNIX if unix else socket.AF_INET)
    s.settimeout(wait)
    s.connect(CONTROL if unix else (HOST.hostname, HOST.port))
    answer = b""
    try:
        s.sendall(data)
        while True:
            piece = s.recv(65536)
            if not piece:
                break
            answer += piece
    except (TimeoutError, ConnectionError):
        pass
    s.close()
    return answer


def statuses():
    for path, status in [
        ("/", 200), ("/healthz", 200), ("/readyz", 200), ("/metrics", 200), ("/api/v1", 200), ("/api/v1/status", 200),
        ("/nope", 404), (f"/api/v1/objects/{OBJECT}", 200), ("/api/v1/objects/9223372036854775808", 400),
        ("/api/v1/objects/abc", 400), ("/api/v1/objects/-7", 400), ("/api/v1/objects/..%2f..%2fetc", 400),
        ("/api/v1/cone?ra=nan&dec=0&radius_arcsec=1", 400), ("/api/v1/cone?ra=1e999&dec=0&radius_arcsec=1", 400),
        ("/api/v1/objects/%00", 400), ("/api/v1/alerts?limit=%EF%BC%95", 400),
        ("/api/v1/cone?ra=1&dec=1&radius_arcsec=" + "1" * 9000, 414),
    ]:
        answer = requests.get(URL + path, timeout=10)
        check(answer.status_code == status, f"GET {path[:80]}: {answer.status_code}, not {status}")
        if status >= 400:
            problem = answer.json()
            check(answer.headers["Content-Type"] == "application/problem+json", f"{path[:80]}: problem+json")
            check(problem["status"] == status and problem["title"], f"{path[:80]}: {problem}")
        check(answer.headers.get("Access-Control-Allow-Origin") == "*", f"{path[:80]}: CORS")
        check(answer.headers.get("Server", "").startswith("nightjar/"), f"{path[:80]}: Server header")


def methods():
    with requests.Session() as session:
        get = session.get(URL + "/api/v1/status", timeout=10)
        head = session.head(URL + "/api/v1/alerts", timeout=10)
        check(head.status_code == 200 and head.content == b"", "HEAD has no body")
        full = session.get(URL + "/api/v1/alerts", timeout=10)
        check(head.headers["Content-Length"] == str(len(full.content)), "HEAD says the length of GET")
        check(get.ok, "the connection is kept after HEAD")
        check(session.head(URL + "/api/v1/streams/nightjar_tests_full", timeout=10).ok, "HEAD of a stream ends")
        options = session.options(URL + "/api/v1/filters", timeout=10)
        check(options.status_code == 204 and options.headers["Allow"] == "GET, HEAD, POST, OPTIONS", "OPTIONS")
        check("Authorization" in options.headers["Access-Control-Allow-Headers"], "preflight")
        put = session.put(URL + "/api/v1/filters", data=b"x", timeout=10)
        check(put.status_code in (401, 405), f"PUT: {put.status_code}")
        check(session.delete(URL + "/healthz", timeout=10).status_code == 405, "DELETE is 405")


def writes():
    path = URL + "/api/v1/operations/echo"
    check(requests.post(path, data=b"hi", timeout=10).status_code == 401, "POST without token")
    wrong = {"Authorization": "Bearer " + "x" * len(TOKEN)}
    check(requests.post(path, data=b"hi", headers=wrong, timeout=10).status_code == 401, "POST with a wrong token")
    good = {"Authorization": "Bearer " + TOKEN}
    check(requests.post(path, data=b"hi", headers=good, timeout=10).content == b"hi", "POST with the token")
    big = requests.post(path, data=b"x" * (16 << 20), headers=good, timeout=60)
    check(len(big.content) == 16 << 20, "16 MiB are taken")
    announced = raw(
        b"POST /api/v1/operations/echo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TOKEN.encode()
        + b"\r\nContent-Length: 99999999999\r\n\r\n", wait=3)
    check(b" 413 " in announced.split(b"\r\n")[0], f"announced flood: {announced[:80]}")
    stranger = raw(b"POST /api/v1/filters HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n", wait=3)
    check(b" 401 " in stranger.split(b"\r\n")[0], f"a stranger's body is not awaited: {stranger[:80]}")
    chunk = b"100000\r\n" + b"y" * 0x100000 + b"\r\n"
    flood = raw(
        b"POST /api/v1/operations/echo HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + TOKEN.encode()
        + b"\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n" + chunk * 20 + b"0\r\n\r\n", wait=20)
    check(b" 413 " in flood.split(b"\r\n")[0], f"chunked flood: {flood[:80]}")
    local = raw(
        b"POST /api/v1/operations/echo HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nConnection: close\r\n\r\nhi", unix=True)
    check(local.endswith(b"\r\n\r\nhi"), f"the control socket needs no token: {local[:80]}")


def malformed():
    for data in [
        b"\x00\x01\x02\x03\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET http://[ HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\nHost: x\r\n" + b"H: v\r\n" * 50_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: -5\r\n\r\n", b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ]:
        answer = raw(data, wait=1.0)
        check(answer == b"" or answer.startswith(b"HTTP/1."), f"malformed {data[:40]}: {answer[:60]}")
    check(requests.get(URL + "/healthz", timeout=10).ok, "the server lives after malformed requests")


def light_curves():
    path = f"{URL}/api/v1/objects/{OBJECT}/lightcurve"
    points = requests.get(path, timeout=10).json()["points"]
    times = [p["midpointMjdTai"] for p in points]
    check(times == sorted(times) and len(times) > 40, "JSON light curve ascends")
    check(all(isinstance(p["diaObjectId"], str) for p in points), "ids are strings")
    table = requests.get(path, headers={"Accept": "text/csv"}, timeout=10).text.splitlines()
    check(len(table) == len(points) + 1, "CSV has as many rows")
    svg = requests.get(path + ".svg", timeout=10)
    document = xml.dom.minidom.parseString(svg.content)
    circles = document.getElementsByTagName("circle")
    check(svg.headers["Content-Type"] == "image/svg+xml" and len(circles) > 20, "the plot is well-formed SVG")
    text = " ".join(t.firstChild.data for t in document.getElementsByTagName("text") if t.firstChild)
    for word in ["MJD (TAI", "psfFlux (nJy)", "detection", "forced", "3σ limit", f"diaObject {OBJECT}"]:
        check(word in text, f"the plot says {word}")
    page = requests.get(URL + "/", timeout=10)
    links = re.findall(r'(?:href|src)="(/[^"]*)"', page.text)
    check(len(links) > 15, "the page links everything")
    for link in sorted({link.replace("&amp;", "&") for link in links}):
        answer = requests.get(URL + link, timeout=10)
        check(answer.ok, f"the page's link {link}: {answer.status_code}")


def events(count, headers=None, query=""):
    """The first `count` events of a Server-Sent Events stream as (id, data)."""
    found, current, comments = [], {}, 0
    with requests.get(
        f"{URL}/api/v1/streams/nightjar_tests_full{query}", timeout=10, stream=True,
        headers={"Accept": "text/event-stream", **(headers or {})},
    ) as answer:
        check(answer.headers["Content-Type"] == "text/event-stream", "SSE content type")
        for line in answer.iter_lines(chunk_size=1, decode_unicode=True):
            if line.startswith(":"):
                comments += 1
            elif line == "":
                if "id" in current:
                    found.append((int(current["id"]), json.loads(current["data"])))
                current = {}
            else:
                name, _, value = line.partition(": ")
                current[name] = value
            if len(found) >= count or comments >= 2:
                return found, comments
    return found, comments


def streams():
    path = URL + "/api/v1/streams/nightjar_tests_full"
    lines = requests.get(path, params={"limit": 600}, timeout=10).text.splitlines()
    offsets = [json.loads(line)["offset"] for line in lines]
    check(offsets == list(range(600)), "NDJSON offsets are dense")
    found, _ = events(3)
    check([f[0] for f in found] == [0, 1, 2] and found[2][1]["offset"] == 2, "SSE ids are offsets")
    found, _ = events(2, {"Last-Event-ID": "499"})
    check([f[0] for f in found] == [500, 501], "SSE resumes after Last-Event-ID")
    _, comments = events(1, query="?from=latest")
    check(comments >= 2, "SSE heartbeat")
    begin = time.monotonic()
    empty = requests.get(URL + "/api/v1/streams/nightjar_tests_empty", params={"timeout": 0.5}, timeout=10)
    check(empty.ok and empty.text.strip() == "" and 0.4 < time.monotonic() - begin < 3, "an empty topic waits and ends")
    begin = time.monotonic()
    with requests.get(path, params={"from": "latest"}, stream=True, timeout=10) as answer:
        check(answer.ok and time.monotonic() - begin < 1, "headers come before the first record")


def many_streams():
    """A hundred readers at once on two threads, while ordinary requests stay quick."""
    results = [None] * 100

    def read(index):
        answer = requests.get(
            URL + "/api/v1/streams/nightjar_tests_full", params={"from": 900, "timeout": 1.5}, timeout=20)
        results[index] = len([line for line in answer.text.splitlines() if line])

    threads = [threading.Thread(target=read, args=(i,)) for i in range(len(results))]
    for thread in threads:
        thread.start()
    time.sleep(0.7)
    begin = time.monotonic()
    check(requests.get(URL + "/healthz", timeout=10).ok, "healthz while streams are open")
    check(time.monotonic() - begin < 1.0, "requests stay quick while streams are open")
    for thread in threads:
        thread.join()
    check(results == [100] * len(results), f"every stream got its records: {sorted(set(map(str, results)))}")


def slow_reader():
    s = socket.socket()
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8192)
    s.connect((HOST.hostname, HOST.port))
    s.sendall(b"GET /api/v1/streams/nightjar_tests_deep HTTP/1.1\r\nHost: x\r\n\r\n")
    time.sleep(2.5)
    s.settimeout(10)
    data = b""
    while not data.endswith(b"0\r\n\r\n"):
        piece = s.recv(1 << 20)
        if not piece:
            break
        data += piece
    check(b'{"end":"the reader was too slow","resume_from":' in data[-400:], f"slow reader: {data[-300:]}")
    check(data.count(b'"offset":') < 200_000, "the slow reader did not get everything")


for test in [statuses, methods, writes, malformed, light_curves, streams, many_streams, slow_reader]:
    begin = time.monotonic()
    test()
    print(f"  http {test.__name__}: {time.monotonic() - begin:.1f} s", flush=True)
print(f"http: {len(failures)} failures")
sys.exit(1 if failures else 0)
