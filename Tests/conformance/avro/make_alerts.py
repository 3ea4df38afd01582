"""Alerts of every schema version, written by fastavro with random values, and what a decoder must make of them.

usage: make_alerts.py SCHEMAS OUTPUT SEED

Writes OUTPUT/<id>.bin (a Confluent message) and OUTPUT/<id>.json (the packet in the names of the newest schema: 64-bit
ids as numbers, NaN as "NaN", fields that the newest schema lacks left out), and OUTPUT/<codec>.avro, containers of the
same newest alert.
"""
import io
import json
import pathlib
import random
import struct
import sys

import fastavro

VERSIONS = ["7.0", "7.1", "7.2", "7.3", "7.4", "8.0", "9.0", "10.0", "11.0", "11.1"]
RECORDS = {"MPCORB": "mpc_orbits"}
RENAMES = {
    "diaSource": {"is_negative": "isNegative", "time_processed": "timeProcessedMjdTai",
                  "time_withdrawn": "timeWithdrawnMjdTai"},
    "diaForcedSource": {"time_processed": "timeProcessedMjdTai", "time_withdrawn": "timeWithdrawnMjdTai"},
    "diaObject": {"validityStart": "validityStartMjdTai"},
    "ssSource": {"eclipticLambda": "eclLambda", "eclipticBeta": "eclBeta", "galacticL": "galLon", "galacticB": "galLat",
                 "heliocentricDist": "helioRange", "topocentricDist": "topoRange", "predictedVMagnitude": "ephVmag",
                 "heliocentricX": "helio_x", "heliocentricY": "helio_y", "heliocentricZ": "helio_z",
                 "topocentricX": "topo_x", "topocentricY": "topo_y", "topocentricZ": "topo_z"},
    "mpc_orbits": {"mpcDesignation": "designation", "mpcH": "h", "epoch": "epoch_mjd", "M": "mean_anomaly",
                   "peri": "argperi", "incl": "i", "t_p": "peri_time"},
}


def records(schema, found):
    """The fields of each record of a schema by unqualified name."""
    if isinstance(schema, list):
        for branch in schema:
            records(branch, found)
    elif isinstance(schema, dict):
        if schema["type"] == "record":
            found[schema["name"].split(".")[-1]] = schema["fields"]
            for field in schema["fields"]:
                records(field["type"], found)
        elif schema["type"] == "array":
            records(schema["items"], found)
        elif not isinstance(schema["type"], str):
            records(schema["type"], found)
    return found


def make(schema, known, rng):
    """A random value of a schema."""
    if isinstance(schema, list):
        branch = rng.choice(schema) if "array" not in str(schema)[:40] else schema[-1]
        return make(branch, known, rng)
    name = schema if isinstance(schema, str) else schema["type"]
    short = name.split(".")[-1] if isinstance(name, str) else ""
    if short in known and name not in ("string", "bytes"):
        return {field["name"]: make(field["type"], known, rng) for field in known[short]}
    if name == "record":
        return {field["name"]: make(field["type"], known, rng) for field in schema["fields"]}
    if name == "array":
        return [make(schema["items"], known, rng) for _ in range(rng.randrange(4))]
    if not isinstance(name, str):
        return make(name, known, rng)
    return {
        "null": lambda: None, "boolean": lambda: rng.random() < 0.5, "int": lambda: rng.randrange(-2**31, 2**31),
        "long": lambda: rng.choice([2**53 + 1, -1, rng.randrange(2**62)]),
        "float": lambda: rng.choice([float("nan"), struct.unpack("f", struct.pack("f", rng.gauss(0, 1e3)))[0]]),
        "double": lambda: rng.choice([float("nan"), rng.gauss(0, 1e5)]),
        "string": lambda: rng.choice(["", "r", "Caf\u00e9 \u2609 \"q\"\n"]), "bytes": lambda: rng.randbytes(50),
    }[name]()


def expected(value, key, newest):
    """The value as the newest schema names it."""
    if isinstance(value, list):
        return [expected(item, key, newest) for item in value]
    if isinstance(value, dict):
        out = {}
        for name, item in value.items():
            model = RENAMES.get(key, {}).get(name, name)
            if model not in newest[key]:
                continue
            if model != name and model.endswith("MjdTai") and item is not None:
                item = 40587 + (item / 1e6 + 37) / 86400
            out[model] = expected(item, None, newest)
        return out
    if isinstance(value, float) and value != value:
        return "NaN"
    if isinstance(value, bytes):
        import hashlib
        return {"len": len(value), "sha256": hashlib.sha256(value).hexdigest()}
    return value


KEYS = {"prvDiaSources": "diaSource", "prvDiaForcedSources": "diaForcedSource"}


def main(schemas, output, seed):
    newest = {name: {field["name"] for field in fields}
              for name, fields in records(json.load(open(schemas / "11.1.json")), {}).items()}
    for version in VERSIONS:
        raw = json.load(open(schemas / f"{version}.json"))
        major, minor = map(int, version.split("."))
        number = major * 100 + minor
        value = make(raw, records(raw, {}), random.Random(f"{seed} {version}"))
        body = io.BytesIO()
        parsed = fastavro.parse_schema(raw)
        fastavro.schemaless_writer(body, parsed, value)
        (output / f"{number}.bin").write_bytes(struct.pack(">bI", 0, number) + body.getvalue())
        packet = {"diaSourceId": value["diaSource"]["diaSourceId"]}
        for name, item in value.items():
            name = RECORDS.get(name, name)
            if name in newest["alert"] and name != "diaSourceId":
                packet[name] = expected(item, KEYS.get(name, name), newest)
        (output / f"{number}.json").write_text(json.dumps(packet))
    for codec in ["null", "deflate", "snappy", "zstandard"]:
        with open(output / f"{codec}.avro", "wb") as file:
            fastavro.writer(file, parsed, [value] * 5, codec=codec, sync_interval=1)


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]))
