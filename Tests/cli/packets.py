"""Alert packets of every schema version, written by fastavro: plausible skies with histories, framed as Rubin frames them.

Every value follows from the seed, the record's id and the field's name, so that a measurement is the same in every packet
and in every schema version that has the field.
"""
import datetime
import io
import json
import math
import pathlib
import random
import struct

import fastavro

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCHEMAS = ROOT / "Schemas" / "lsst"
NEWEST = "11.1"
BANDS = "ugrizy"
_EPOCH = datetime.date(1858, 11, 17)


def schema_id(version):
    major, minor = map(int, version.split("."))
    return major * 100 + minor


class Schema:
    """One schema version with the fields of its records."""
    _known = {}

    def __new__(cls, version):
        if version not in cls._known:
            cls._known[version] = cls.read(version)
        return cls._known[version]

    @classmethod
    def read(cls, version):
        self = object.__new__(cls)
        self.version, self.id = version, schema_id(version)
        self.raw = json.loads((SCHEMAS / f"{version}.json").read_text())
        self.parsed = fastavro.parse_schema(self.raw)
        self.records = {}
        self._collect(self.raw)
        return self

    def _collect(self, schema):
        if isinstance(schema, list):
            for branch in schema:
                self._collect(branch)
        elif isinstance(schema, dict) and schema["type"] == "record":
            self.records[schema["name"].split(".")[-1]] = schema["fields"]
            for field in schema["fields"]:
                self._collect(field["type"])
        elif isinstance(schema, dict):
            self._collect(schema.get("items", []) if schema["type"] == "array" else schema["type"])

    def canonical(self):
        """As a registry serves it: no docs, no defaults."""
        return fastavro.schema.to_parsing_canonical_form(self.raw)


def float32(value):
    return struct.unpack("f", struct.pack("f", value))[0]


def field_value(schema, rng):
    """A value of a primitive field; nullable ones are missing now and then, as null or NaN."""
    if isinstance(schema, list):
        primitive = [branch for branch in schema if branch != "null"][0]
        if rng.random() < 0.1:
            return math.nan if primitive in ("float", "double") and rng.random() < 0.5 else None
        return field_value(primitive, rng)
    if isinstance(schema, dict):
        return field_value(schema["type"], rng)
    return {
        "boolean": lambda: rng.random() < 0.2, "int": lambda: rng.randrange(2000), "long": lambda: rng.randrange(1, 2**60),
        "float": lambda: float32(rng.gauss(0, 1000)), "double": lambda: rng.gauss(0, 1000),
        "string": lambda: rng.choice(["", "plain", "Caf\u00e9 \"\u2609\"\n,"]), "bytes": lambda: rng.randbytes(40),
    }[schema]()


def visit_id(night, sequence):
    """A night is a day number from 2026-01-01 on; its visits are some 39 s apart."""
    day = datetime.date(2026, 1, 1) + datetime.timedelta(days=night)
    return int(day.strftime("%Y%m%d")) * 100_000 + sequence


def midpoint(visit, detector=0):
    day = datetime.datetime.strptime(str(visit // 100_000), "%Y%m%d").date()
    return (day - _EPOCH).days + 0.75 + visit % 100_000 * 4.5e-4 + detector * 1e-9


class Point:
    """What the records of one measurement need."""

    def __init__(self, source_id, object_id, visit, detector, ra, dec, band, sso=0, edition=0):
        self.id, self.object, self.sso, self.visit, self.detector = source_id, object_id, sso, visit, detector
        self.ra, self.dec, self.band, self.edition = ra, dec, band, edition
        self.mjd = midpoint(visit, detector)


class Sky:
    """Objects and Solar System objects that a seeded sequence of visits sees."""

    def __init__(self, seed=1, objects=12, movers=2, first_id=170_000_000_000_000_000):
        self.seed, self.next_id = seed, first_id
        rng = random.Random(f"{seed} sky")
        self.places = [(rng.uniform(0, 360), math.degrees(math.asin(rng.uniform(-1, 1)))) for _ in range(objects)]
        self.objects = [self._id() for _ in self.places]
        self.movers = [0x4B30365430364B + seed * 1000 + k for k in range(movers)]
        self.detections = {object_id: [] for object_id in self.objects}
        self.forced = {object_id: [] for object_id in self.objects}

    def _id(self):
        self.next_id += 7919
        return self.next_id

    def record(self, schema, name, key, **known):
        out = {}
        for field in schema.records[name]:
            field_name = field["name"]
            if field_name in known:
                out[field_name] = known[field_name]
            else:
                out[field_name] = field_value(field["type"], random.Random(f"{self.seed} {name} {key} {field_name}"))
        return out

    def source(self, schema, point):
        processed = point.mjd + 0.001 + point.edition
        return self.record(
            schema, "diaSource", f"{point.id} {point.edition}", diaSourceId=point.id, visit=point.visit,
            detector=point.detector, diaObjectId=point.object, ssObjectId=point.sso, parentDiaSourceId=0,
            midpointMjdTai=point.mjd, ra=point.ra, dec=point.dec, band=point.band, timeProcessedMjdTai=processed,
            time_processed=int((processed - 40587) * 86400e6), timeWithdrawnMjdTai=None)

    def forced_source(self, schema, point):
        processed = point.mjd + 0.001
        return self.record(
            schema, "diaForcedSource", f"{point.object} {point.visit} {point.detector}", diaForcedSourceId=point.id + 1,
            diaObjectId=point.object, ra=point.ra, dec=point.dec, visit=point.visit, detector=point.detector,
            midpointMjdTai=point.mjd, band=point.band, timeProcessedMjdTai=processed,
            time_processed=int((processed - 40587) * 86400e6), timeWithdrawnMjdTai=None)

    def packet(self, version, point, detections=(), forced=()):
        """The alert of a point with its history before it."""
        schema = Schema(version)
        names = {field["name"] for field in schema.records["alert"]}
        is_sso, has_orbit = point.object in (0, None), point.sso not in (0, None)
        values = {
            "alertId": point.id, "diaSourceId": point.id, "observation_reason": "survey", "target_name": None,
            "diaSource": self.source(schema, point),
            "prvDiaSources": None if is_sso or not detections else [self.source(schema, each) for each in detections],
            "prvDiaForcedSources": None if is_sso else [self.forced_source(schema, each) for each in forced],
            "prvDiaNondetectionLimits": None, "diaObject": None, "ssSource": None, "mpc_orbits": None, "MPCORB": None,
            "ssObject": None, "cutoutDifference": b"SIMPLE  difference", "cutoutScience": b"SIMPLE  science",
            "cutoutTemplate": None,
        }
        if not is_sso:
            values["diaObject"] = self.record(
                schema, "diaObject", point.object, diaObjectId=point.object, ra=point.ra, dec=point.dec)
        if has_orbit:
            for name, record in [("ssSource", "ssSource"), ("mpc_orbits", "mpc_orbits"), ("MPCORB", "MPCORB")]:
                if name in names and record in schema.records:
                    values[name] = self.record(
                        schema, record, point.sso, ssObjectId=point.sso, diaSourceId=point.id)
        return {name: values[name] for name in names}

    def visit(self, night, sequence, version=NEWEST):
        """The alerts of one visit; every object is measured, most are detected too."""
        rng = random.Random(f"{self.seed} {night} {sequence}")
        visit, band = visit_id(night, sequence), BANDS[sequence % 6]
        alerts = []
        for object_id, (ra, dec) in zip(self.objects, self.places):
            point = Point(self._id(), object_id, visit, rng.randrange(189), ra, dec, band)
            self.forced[object_id].append(point)
            if rng.random() < 0.7:
                alerts.append(self.packet(version, point, self.detections[object_id], self.forced[object_id]))
                self.detections[object_id].append(point)
        for sso in self.movers:
            ra, dec = rng.uniform(0, 360), rng.uniform(-80, 80)
            alerts.append(self.packet(version, Point(self._id(), 0, visit, 40, ra, dec, band, sso=sso)))
        return alerts


def stream(count_of_visits, seed=1, version=NEWEST, **sky):
    """The alerts of some visits in order."""
    sky = Sky(seed, **sky)
    return [alert for k in range(count_of_visits) for alert in sky.visit(k // 8, 10 + k % 8, version)]


def body(version, alert):
    out = io.BytesIO()
    fastavro.schemaless_writer(out, Schema(version).parsed, alert)
    return out.getvalue()


def message(version, alert, identifier=None):
    """A Confluent message: zero, the schema's id big-endian, the body."""
    return struct.pack(">bI", 0, identifier or schema_id(version)) + body(version, alert)


def write_framed(path, messages):
    path.write_bytes(b"".join(struct.pack(">I", len(each)) + each for each in messages))
    return path


def write_container(path, alerts, version=NEWEST, codec="null", sync_interval=4000):
    with open(path, "wb") as file:
        fastavro.writer(file, Schema(version).parsed, alerts, codec=codec, sync_interval=sync_interval)
    return path


def source_id(alert):
    return alert["diaSource"]["diaSourceId"]
