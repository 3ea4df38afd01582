#!/usr/bin/env python3
"""Reads simulated packets with fastavro and checks the facts that real packets obey.

usage: packets.py SCHEMA.json PACKETS [steady]   (a sequence of 4-byte big-endian length and Confluent message)
"""
import collections
import datetime
import io
import json
import math
import pathlib
import struct
import sys

import fastavro

IDENTITIES = ("ssObjectId", "diaObjectId", "parentDiaSourceId")


def messages(path):
    with open(path, "rb") as file:
        while head := file.read(4):
            yield file.read(struct.unpack(">I", head)[0])


def normal(record):
    """0 and null ids are alike, NaN and null floats are alike."""
    out = []
    for name, value in record.items():
        if isinstance(value, float) and math.isnan(value):
            value = None
        if name in IDENTITIES and value == 0:
            value = None
        out.append((name, value))
    return tuple(out)


def check_visit(source):
    day, sequence = divmod(source["visit"], 100_000)
    high = source["diaSourceId"] >> 19
    assert high & 0xFF == source["detector"]
    assert high >> 8 & 0x7FFF == sequence
    assert 0 <= source["detector"] < 189
    noon = datetime.datetime(day // 10000, day // 100 % 100, day % 100, 12)
    days = (noon.date() - datetime.date(2010, 1, 1)).days
    assert high >> 23 & 0x3FFF == days
    start = 40587 + (noon - datetime.datetime(1970, 1, 1)).total_seconds() / 86400
    assert start <= source["midpointMjdTai"] - 37 / 86400 < start + 1


def check_object(alert, facts):
    source, history, forced = alert["diaSource"], alert["prvDiaSources"], alert["prvDiaForcedSources"]
    it = alert["diaObject"]
    assert it["diaObjectId"] == source["diaObjectId"] != 0 and source["ssObjectId"] == 0
    assert alert["ssSource"] is None and alert["mpc_orbits"] is None
    if source["diaObjectId"] == source["diaSourceId"]:
        assert history is None and forced == []
        facts["new"] += 1
    else:
        assert forced and forced[-1]["visit"] == source["visit"]
        facts["known"] += 1
    history = history or []
    assert it["nDiaSources"] == len(history) + 1
    for points in (history, forced):
        times = [p["midpointMjdTai"] for p in points]
        assert times == sorted(times) and (not times or times[0] >= source["midpointMjdTai"] - 365)
    assert source["diaSourceId"] not in [p["diaSourceId"] for p in history]
    assert all(p["diaObjectId"] == source["diaObjectId"] for p in history + forced)
    check_statistics(it, history + [source], source["band"])


def check_statistics(it, points, band):
    fluxes = [(p["psfFlux"], p["psfFluxErr"]) for p in points if p["band"] == band]
    for other in "ugrizy":
        assert math.isnan(it[f"{other}_fpFluxMean"])
        if other != band:
            assert math.isnan(it[f"{other}_psfFluxMean"]) and it[f"{other}_psfFluxNdata"] == 0
    assert it[f"{band}_psfFluxNdata"] == len(fluxes)
    weights = [1 / e**2 for _, e in fluxes]
    mean = sum(f * w for (f, _), w in zip(fluxes, weights)) / sum(weights)
    assert math.isclose(it[f"{band}_psfFluxMean"], mean, rel_tol=1e-4, abs_tol=0.5), (it[f"{band}_psfFluxMean"], mean)
    if len(fluxes) > 1:
        plain = sum(f for f, _ in fluxes) / len(fluxes)
        sigma = math.sqrt(sum((f - plain) ** 2 for f, _ in fluxes) / (len(fluxes) - 1))
        assert math.isclose(it[f"{band}_psfFluxSigma"], sigma, rel_tol=1e-3, abs_tol=0.5)
    assert math.isnan(it["firstDiaSourceMjdTai"]) and math.isnan(it["lastDiaSourceMjdTai"])


def check_mover(alert):
    source, sso, orbit = alert["diaSource"], alert["ssSource"], alert["mpc_orbits"]
    assert alert["diaObject"] is None and alert["prvDiaSources"] is None and alert["prvDiaForcedSources"] is None
    assert source["diaObjectId"] == 0 and sso["ssObjectId"] == source["ssObjectId"]
    assert sso["diaSourceId"] == source["diaSourceId"]
    packed = orbit["packed_primary_provisional_designation"]
    assert int.from_bytes(packed.encode(), "big") == source["ssObjectId"]
    if orbit["e"] < 1:
        assert math.isclose(orbit["q"], orbit["a"] * (1 - orbit["e"]), rel_tol=1e-9)
    else:
        assert math.isnan(orbit["a"]) and math.isnan(orbit["mean_anomaly"])
    assert math.hypot(sso["ephOffsetRa"], sso["ephOffsetDec"]) < 0.5
    assert math.isclose(math.hypot(sso["topo_x"], sso["topo_y"], sso["topo_z"]), sso["topoRange"], rel_tol=1e-5)
    assert math.isclose(math.hypot(sso["helio_x"], sso["helio_y"], sso["helio_z"]), sso["helioRange"], rel_tol=1e-5)
    assert 0.2 < sso["helioRange"] < 100 and 0 <= sso["phaseAngle"] < 180
    json.loads(orbit["mpc_orb_jsonb"])


def check_steady(alert, facts):
    """Known objects: 20 + 60 points, fewer by one each when the last detection is not known yet."""
    counts = len(alert["prvDiaSources"]), len(alert["prvDiaForcedSources"])
    assert counts in ((20, 60), (19, 59)), counts
    facts["lacking"] += counts == (19, 59)


def check_revision(old, new, facts):
    """A later packet may bring a newer measurement, or say that it was withdrawn."""
    if new["timeWithdrawnMjdTai"] is None:
        assert new["timeProcessedMjdTai"] > old["timeProcessedMjdTai"]
        facts["revised"] += 1
    else:
        assert old["timeWithdrawnMjdTai"] is None and new["psfFlux"] == old["psfFlux"]
        facts["withdrawn"] += 1


def main(schema_path, packets_path, mode="nights"):
    schema = json.loads(pathlib.Path(schema_path).read_text())
    parsed = fastavro.parse_schema(schema)
    major, minor = pathlib.Path(schema_path).stem.split(".")
    registry = int(major) * 100 + int(minor)
    facts = collections.Counter()
    sources, forced, packets = {}, {}, {}
    for message in messages(packets_path):
        assert message[0] == 0 and struct.unpack(">I", message[1:5])[0] == registry
        stream = io.BytesIO(message[5:])
        alert = fastavro.schemaless_reader(stream, parsed)
        assert stream.tell() == len(message) - 5, "bytes are left over"
        again = io.BytesIO()
        fastavro.schemaless_writer(again, parsed, alert)
        assert again.getvalue() == message[5:], "fastavro writes other bytes"
        facts["alerts"] += 1
        facts["bytes"] += len(message)
        assert alert["diaSourceId"] == alert["diaSource"]["diaSourceId"]
        check_visit(alert["diaSource"])
        if alert["ssSource"]:
            facts["movers"] += 1
            check_mover(alert)
        else:
            check_object(alert, facts)
            if mode == "steady":
                check_steady(alert, facts)
        known = packets.setdefault(alert["diaSourceId"], message)
        assert known == message
        for point in [alert["diaSource"], *(alert["prvDiaSources"] or [])]:
            known = sources.setdefault(point["diaSourceId"], normal(point))
            if mode == "revisions" and known != normal(point):
                check_revision(dict(known), dict(normal(point)), facts)
                sources[point["diaSourceId"]] = normal(point)
            assert sources[point["diaSourceId"]] == normal(point)
            facts["detections"] += 1
        for point in alert["prvDiaForcedSources"] or []:
            key = (point["diaObjectId"], point["visit"], point["detector"])
            assert forced.setdefault(key, normal(point)) == normal(point)
            facts["forced"] += 1
    ids = {dict(record)["diaForcedSourceId"] for record in forced.values()}
    assert len(ids) == len(forced), "two forced points share an id"
    # Every object's id is the id of one of its own detections.
    assert {a for a in (dict(r)["diaObjectId"] for r in sources.values()) if a} <= set(sources)
    if mode == "revisions":
        assert facts["revised"] and facts["withdrawn"], facts
    if mode == "steady":
        assert 0.2 < facts["lacking"] / facts["alerts"] < 0.6, facts
    else:
        assert facts["new"] and facts["known"] and facts["movers"], facts
    print(f"{schema_path}: {dict(facts)}")


if __name__ == "__main__":
    main(*sys.argv[1:])
