#!/usr/bin/env python3
"""Reads with fastavro the containers that we wrote: read_containers.py FOLDER.

Beside each `NAME.avro` stand `NAME.bodies` (the bodies that were put in, each with a 4-byte big-endian length) and the codec it should
say in `NAME.codec`. Every record that fastavro finds is encoded again and must give the body.
"""
import io
import json
import pathlib
import struct
import sys

import fastavro

folder = pathlib.Path(sys.argv[1])
files = sorted(folder.glob("*.avro"))
assert len(files) >= 8, files
records = 0
for path in files:
    content = path.with_suffix(".bodies").read_bytes()
    bodies = []
    while content:
        length, = struct.unpack(">I", content[:4])
        bodies.append(content[4:4 + length])
        content = content[4 + length:]
    with path.open("rb") as file:
        reader = fastavro.reader(file)
        assert reader.metadata["avro.codec"] == path.with_suffix(".codec").read_text(), (path, reader.metadata)
        schema = fastavro.parse_schema(json.loads(reader.metadata["avro.schema"]))
        found = list(reader)
    assert len(found) == len(bodies), (path, len(found), len(bodies))
    for number, (record, body) in enumerate(zip(found, bodies)):
        again = io.BytesIO()
        fastavro.schemaless_writer(again, schema, record)
        assert again.getvalue() == body, (path, number)
    with path.open("rb") as file:
        blocks = [block.num_records for block in fastavro.block_reader(file)]
    assert sum(blocks) == len(bodies) and len(blocks) > 1, (path, blocks)
    records += len(found)
print(f"fastavro read {records} records of {len(files)} containers back")
