"""Checks Schemas/lsst against the published schemas, the Swift declarations and independent libraries.

    python Tests/conformance/schemas/test_schemas.py

Needs fastavro; astropy for the check of units and UCDs. The published schemas are read from $NIGHTJAR_SHARED or
../shared beside the repository; without them that comparison is skipped.
"""
import importlib.util
import json
import os
import pathlib
import re
import unittest
import warnings

import fastavro

ROOT = pathlib.Path(__file__).resolve().parents[3]
OURS = ROOT / "Schemas" / "lsst"
PUBLISHED = pathlib.Path(os.environ.get("NIGHTJAR_SHARED", ROOT.parent / "shared")) / "schemas" / "lsst"
VERSIONS = ["7.0", "7.1", "7.2", "7.3", "7.4", "8.0", "9.0", "10.0", "11.0", "11.1"]
AVRO_TYPES = {
    "bool": "boolean", "int32": "int", "int64": "long", "float32": "float", "float64": "double",
    "string": "string", "bytes": "bytes",
}


def load_document_module():
    spec = importlib.util.spec_from_file_location("document", ROOT / "Schemas" / "document.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


document = load_document_module()


def load(directory, version):
    return json.loads((directory / f"{version}.json").read_text())


def records(schema):
    """Every record that the schema defines, by unqualified name, outermost first."""
    if isinstance(schema, list):
        for branch in schema:
            yield from records(branch)
    elif isinstance(schema, dict) and schema["type"] == "array":
        yield from records(schema["items"])
    elif isinstance(schema, dict) and schema["type"] == "record":
        yield schema["name"].rsplit(".", 1)[-1], schema
        for field in schema["fields"]:
            yield from records(field["type"])


def nullable_primitive(avro_type):
    """(name of the primitive, whether null is allowed)."""
    if isinstance(avro_type, list):
        (branch,) = [branch for branch in avro_type if branch != "null"]
        return branch, "null" in avro_type
    return avro_type, False


def canonical(schema):
    return fastavro.schema.to_parsing_canonical_form(schema)


class Schemas(unittest.TestCase):
    def test_all_versions_are_there(self):
        self.assertEqual(sorted(VERSIONS), sorted(path.stem for path in OURS.glob("*.json")))

    def test_same_structure_as_published(self):
        if not PUBLISHED.is_dir():
            self.skipTest(f"no published schemas in {PUBLISHED}")
        for version in VERSIONS:
            with self.subTest(version=version):
                self.assertEqual(canonical(load(OURS, version)), canonical(load(PUBLISHED, version)))

    def test_everything_is_documented(self):
        for version in VERSIONS:
            for record, schema in records(load(OURS, version)):
                self.assertTrue(schema.get("doc"), f"{version} {record}")
                for field in schema["fields"]:
                    self.assertTrue(field.get("doc"), f"{version} {record}.{field['name']}")

    def test_files_are_what_the_generator_writes(self):
        for version, text in document.documented(OURS).items():
            self.assertEqual((OURS / f"{version}.json").read_text(), text, f"run Schemas/document.py ({version})")

    def test_a_changed_order_changes_the_canonical_form(self):
        schema = load(OURS, "11.1")
        before = canonical(schema)
        schema["fields"][1], schema["fields"][2] = schema["fields"][2], schema["fields"][1]
        self.assertNotEqual(before, canonical(schema))


class Declarations(unittest.TestCase):
    """The newest version and the Swift tables say the same."""

    def setUp(self):
        self.tables = document.read_tables()
        self.records = dict(records(load(OURS, "11.1")))

    def test_records_equal_tables(self):
        for name, table in self.tables.items():
            if name == "packet":
                continue
            expected = [
                (column, AVRO_TYPES[declared["type"]], declared["nullable"])
                for column, declared in table["columns"].items()
            ]
            actual = [(field["name"], *nullable_primitive(field["type"])) for field in self.records[name]["fields"]]
            self.assertEqual(actual, expected, name)

    def test_packet_fields(self):
        fields = {field["name"]: field["type"] for field in self.records["alert"]["fields"]}
        for name, declared in self.tables["packet"]["columns"].items():
            self.assertEqual(
                nullable_primitive(fields.pop(name)), (AVRO_TYPES[declared["type"]], declared["nullable"]), name)
        self.assertEqual(set(fields), set(document.ALERT_FIELDS))

    def test_ids_are_consecutive(self):
        for name, table in self.tables.items():
            ids = [column["id"] for column in table["columns"].values()]
            self.assertEqual(ids, list(range(1, len(ids) + 1)), name)

    def test_older_fields_are_used_and_lead_to_columns(self):
        used = {
            (record, field["name"])
            for version in VERSIONS for record, schema in records(load(OURS, version)) for field in schema["fields"]
        }
        for record, fields in document.read_older_fields().items():
            columns = self.tables.get({"MPCORB": "mpc_orbits"}.get(record, record), {"columns": {}})["columns"]
            for field, known in fields.items():
                self.assertIn((record, field), used)
                if "becomes" in known:
                    self.assertIn(known["becomes"], columns, f"{record}.{field}")
                if record in self.tables:
                    self.assertNotIn(field, columns, "described twice")

    def test_units_and_ucds_are_valid(self):
        try:
            from astropy import units
            from astropy.io.votable.ucd import parse_ucd
        except ImportError:
            self.skipTest("astropy is not installed")
        known = [
            {word: value} for path in sorted(document.TABLE_SOURCES.glob("*.swift"))
            for word, value in re.findall(r'\b(unit|ucd): "([^"\\]*)"', path.read_text())]
        self.assertGreater(len(known), 500)
        known += [field for fields in document.read_older_fields().values() for field in fields.values()]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", units.UnitsWarning)
            for entry in known:
                if entry.get("unit"):
                    units.Unit(entry["unit"], format="vounit", parse_strict="raise")
                if entry.get("ucd"):
                    parse_ucd(entry["ucd"], check_controlled_vocabulary=True)


if __name__ == "__main__":
    unittest.main(verbosity=2)
