#!/usr/bin/env python3
"""Writes Schemas/lsst/<version>.json: the alert schemas with our own documentation.

    Schemas/document.py [directory of schemas without documentation]

Structure (names, types, order, unions) comes from the files given, by default those already in Schemas/lsst.
Descriptions and units come from the tables in Sources/Core/Schema and, for fields that only older versions have,
from older-fields.json.
"""
import json
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
TABLE_SOURCES = HERE.parent / "Sources" / "Core" / "Schema"
OUTPUT = HERE / "lsst"

# The record whose name on the wire differs from the table's.
TABLE_OF_RECORD = {"alert": "packet"}

# Files of tables that are not a packet's.
OWN_TABLES = {"Tables+SSObject.swift", "Tables+SolarSystem.swift"}

RECORD_DESCRIPTIONS = {
    "alert": "One alert: a detection with its history and stamps.",
    "diaNondetectionLimit": "Noise of a visit that covered the place without a detection.",
    "ssObject": "Solar System object as Rubin observed it.",
    "MPCORB": "Orbit of a Solar System object, as the Minor Planet Center publishes it.",
}

ALERT_FIELDS = {
    "diaSource": "The detection that raised the alert.",
    "prvDiaSources": "Earlier detections of the same object, oldest first.",
    "prvDiaForcedSources": "Forced photometry at the place of the object, oldest first.",
    "diaObject": "The object to which the detection was assigned; null for the Solar System.",
    "ssSource": "Solar System quantities of the detection; null for other detections.",
    "mpc_orbits": "Orbit of the Solar System object; null for other detections.",
}

TABLE = re.compile(r'TableSchema\(\s*name: "(\w+)",\s*description: "([^"]*)"')
COLUMN = re.compile(
    r'ColumnSchema\(\s*id: (?P<id>\d+),\s*name: "(?P<name>\w+)",\s*type: \.(?P<type>\w+)'
    r'(?:,\s*unit: "(?P<unit>[^"]*)")?(?:,\s*ucd: "(?P<ucd>[^"]*)")?(?:,\s*isNullable: (?P<nullable>true|false))?'
    r',\s*description:\s*"(?P<description>[^"]*)"\)'
)


def read_tables():
    """The packet's tables in the Swift declarations: name -> {"description", "columns": {name -> properties}}."""
    tables = {}
    for path in sorted(TABLE_SOURCES.glob("Tables+*.swift")):
        if path.name in OWN_TABLES:
            continue
        text = path.read_text()
        header = TABLE.search(text)
        columns = {}
        for match in COLUMN.finditer(text):
            columns[match["name"]] = {
                "id": int(match["id"]),
                "type": match["type"],
                "unit": match["unit"] or "",
                "ucd": match["ucd"] or "",
                "nullable": match["nullable"] != "false",
                "description": match["description"],
            }
        if header is None or len(columns) != text.count("ColumnSchema("):
            sys.exit(f"{path}: cannot read every column")
        tables[header[1]] = {"description": header[2], "columns": columns}
    return tables


def read_older_fields():
    return json.loads((HERE / "older-fields.json").read_text())


class Documenter:
    def __init__(self):
        self.tables = read_tables()
        self.older = read_older_fields()

    def field_doc(self, record, field):
        table = self.tables.get(TABLE_OF_RECORD.get(record, record), {"columns": {}})
        known = table["columns"].get(field) or self.older.get(record, {}).get(field)
        if known is None and record == "alert" and field in ALERT_FIELDS:
            known = {"description": ALERT_FIELDS[field]}
        if known is None:
            sys.exit(f"nothing describes the field {field} of {record}")
        unit = known.get("unit", "")
        return known["description"] + (f" [{unit}]" if unit else "")

    def record_doc(self, record):
        if record in RECORD_DESCRIPTIONS:
            return RECORD_DESCRIPTIONS[record]
        return self.tables[TABLE_OF_RECORD.get(record, record)]["description"]

    def schema_text(self, schema, depth=0):
        """The schema as JSON, one field a line, records indented; the same bytes for the same input."""
        if isinstance(schema, str):
            return json.dumps(schema)
        if isinstance(schema, list):
            return "[" + ", ".join(self.schema_text(branch, depth) for branch in schema) + "]"
        if schema["type"] == "array":
            return '{"type": "array", "items": ' + self.schema_text(schema["items"], depth) + "}"
        if schema["type"] != "record":
            sys.exit(f"unexpected type {schema['type']}")
        name = schema["name"]
        record = name.rsplit(".", 1)[-1]
        inner = "  " * (depth + 1)
        fields = []
        for field in schema["fields"]:
            pieces = [
                '"name": ' + json.dumps(field["name"]),
                '"type": ' + self.schema_text(field["type"], depth + 2),
                '"doc": ' + json.dumps(self.field_doc(record, field["name"])),
            ]
            fields.append(inner + "  {" + ", ".join(pieces) + "}")
        return (
            "{\n" + inner + '"type": "record",\n' + inner + '"name": ' + json.dumps(name) + ",\n"
            + inner + '"doc": ' + json.dumps(self.record_doc(record)) + ",\n"
            + inner + '"fields": [\n' + ",\n".join(fields) + "\n" + inner + "]\n" + "  " * depth + "}"
        )


def documented(directory):
    """Version -> text of the documented schema, for every schema in `directory`."""
    documenter = Documenter()
    return {
        path.stem: documenter.schema_text(json.loads(path.read_text())) + "\n"
        for path in sorted(pathlib.Path(directory).glob("*.json"))
    }


def main():
    directory = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else OUTPUT
    texts = documented(directory)
    if not texts:
        sys.exit(f"no schemas in {directory}")
    OUTPUT.mkdir(exist_ok=True)
    for version, text in texts.items():
        (OUTPUT / f"{version}.json").write_text(text)
        print(f"{version}: {len(text)} bytes")


if __name__ == "__main__":
    main()
