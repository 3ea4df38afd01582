#!/usr/bin/env python3
"""Reads with fastavro what a filter that selects `sso.*` publishes: read_sso.py RUBIN_SCHEMA, on stdin the topic's schema and, in
hexadecimal, the record of a matched alert (diaSourceId 1), an unmatched one (2) and one of which nothing is known (3).

In the matched one number columns hold their place (int64: times 2^40; floats: + 0.1) and texts "text PLACE".
"""
import io
import json
import struct
import sys

import fastavro

OURS = [
    "orbit_rank", "mahalanobis", "sigma_major_arcsec", "sigma_minor_arcsec", "sigma_pa_deg", "orbit_epoch_mjd_tt", "status",
    "provisional", "candidates", "packet_agreement"]


def record(schema, name):
    """The definition of a record somewhere inside a schema."""
    if isinstance(schema, list):
        return next(filter(None, (record(one, name) for one in schema)), None)
    if not isinstance(schema, dict):
        return None
    if schema.get("type") == "record" and schema["name"].split(".")[-1] == name:
        return schema
    inner = [field["type"] for field in schema.get("fields", [])] + [schema.get(key) for key in ("type", "items")]
    return next(filter(None, (record(one, name) for one in inner)), None)


def plain(kind):
    """A field's type without null."""
    return next(one for one in kind if one != "null") if isinstance(kind, list) else kind


rubin = record(json.load(open(sys.argv[1])), "ssSource")["fields"]
assert len(rubin) == 39, len(rubin)
lines = sys.stdin.read().splitlines()
schema = fastavro.parse_schema(json.loads(lines[0]))
fields = record(json.loads(lines[0]), "nightjar_test_every_selected")["fields"]
names = [field["name"] for field in fields]
assert set(names) == {field["name"] for field in rubin} | set(OURS), set(names) ^ {field["name"] for field in rubin}
assert len(names) == 49 and names[39:] == OURS, names
types = {field["name"]: plain(field["type"]) for field in fields}
for field in rubin:
    assert types[field["name"]] == plain(field["type"]), (field, types[field["name"]])

records = [fastavro.schemaless_reader(io.BytesIO(bytes.fromhex(line)), schema) for line in lines[1:]]
assert [one["diaSourceId"] for one in records] == [1, 2, 3]
matched, unmatched, unknown = (one["selected"] for one in records)
for place, name in enumerate(names):
    value = {
        "long": place << 40, "int": place, "double": place + 0.1, "string": f"text {place}",
        "float": struct.unpack("f", struct.pack("f", struct.unpack("f", struct.pack("f", place))[0] + 0.1))[0],
    }.get(types[name])
    wanted = {"diaSourceId": 1, "status": "matched", "provisional": False, "packet_agreement": "none"}.get(name, value)
    assert matched[name] == wanted, (name, matched[name], wanted)
known = {"diaSourceId": 2, "status": "unmatched", "provisional": True, "packet_agreement": "none"}
assert unmatched == {name: known.get(name) for name in names}, unmatched
assert unknown == {name: {"diaSourceId": 3, "status": "unknown"}.get(name) for name in names}, unknown
print("fastavro read every column of sso")
