#!/usr/bin/env python3
"""Random conditions with NULLs and what SQLite says of them: the oracle of the filter engine.

usage: random_conditions.py SEED CONDITIONS

Prints, separated by tabs:
  row     parentDiaSourceId trailAlgorithm psfFlux snr isDipole band     one alert each, null for NULL
  forced  alert detector visit psfFlux band                              a forced point of an alert (0-based)
  case    condition  one letter an alert: P passes, R does not
SQLite and ADQL agree on three-valued logic, truncating integer division, NULL for division by zero and the sign of the
remainder; types are kept apart here because SQLite's are dynamic.
"""

import random
import sqlite3
import sys

INTS = ["a.parentDiaSourceId", "a.trailAlgorithm"]
REALS = ["a.psfFlux", "a.snr"]


class Generator:
    def __init__(self, rng):
        self.rng = rng
        self.inner = False

    def pick(self, *choices):
        return self.rng.choice(choices)

    def integer(self, depth):
        """An integer expression: (ADQL, SQLite)."""
        columns = INTS + (["f.detector", "f.visit"] * 2 if self.inner else [])
        kind = self.rng.randrange(9) if depth > 0 else self.rng.randrange(2)
        if kind == 0:
            return (str(self.rng.randrange(-4, 5)),) * 2
        if kind in (1, 2):
            return (self.rng.choice(columns),) * 2
        if kind == 3:
            a, b = self.integer(depth - 1), self.integer(depth - 1)
            op = self.pick("+", "-", "*", "/")
            return tuple(f"({x} {op} {y})" for x, y in zip(a, b))
        if kind == 4:
            a, b = self.integer(depth - 1), self.integer(depth - 1)
            return f"MOD({a[0]}, {b[0]})", f"({a[1]} % {b[1]})"
        if kind == 5:
            a = self.integer(depth - 1)
            return tuple(f"ABS({x})" for x in a)
        if kind == 6:
            return self.choice(depth, self.integer)
        if kind == 7 and not self.inner:
            return self.aggregate(depth, self.pick("COUNT", "MIN", "MAX", "SUM"), self.integer)
        a, b = self.integer(depth - 1), self.integer(depth - 1)
        return tuple(f"NULLIF({x}, {y})" for x, y in zip(a, b))

    def real(self, depth):
        columns = REALS + (["f.psfFlux"] * 3 if self.inner else [])
        kind = self.rng.randrange(8) if depth > 0 else self.rng.randrange(2)
        if kind == 0:
            return (str(self.rng.randrange(-8, 9) / 2),) * 2
        if kind in (1, 2):
            return (self.rng.choice(columns),) * 2
        if kind == 3:
            a, b = self.real(depth - 1), self.real(depth - 1)
            op = self.pick("+", "-", "*", "/")
            return tuple(f"({x} {op} {y})" for x, y in zip(a, b))
        if kind == 4:
            a = self.integer(depth - 1)
            return f"CAST({a[0]} AS DOUBLE PRECISION)", f"CAST({a[1]} AS REAL)"
        if kind == 5:
            return self.choice(depth, self.real)
        if kind == 6 and not self.inner:
            return self.aggregate(depth, self.pick("MIN", "MAX", "AVG"), self.real)
        a = self.real(depth - 1)
        return tuple(f"(- {x})" for x in a)

    def choice(self, depth, value):
        a, b, c = value(depth - 1), value(depth - 1), self.condition(depth - 1)
        if self.rng.random() < 0.5:
            return tuple(f"COALESCE({x}, {y})" for x, y in zip(a, b))
        tail = [f" ELSE {y}" for y in b] if self.rng.random() < 0.7 else ["", ""]
        return tuple(f"CASE WHEN {z} THEN {x}{t} END" for x, z, t in zip(a, c, tail))

    def aggregate(self, depth, function, value):
        self.inner = True
        v, c = value(depth - 1), self.condition(depth - 1)
        # An aggregate of the outer query's columns alone belongs to that query, and a filter refuses it.
        while "a." in v[0] and "f." not in v[0]:
            v = value(depth - 1)
        self.inner = False
        return tuple(
            f"(SELECT {function}({x}) FROM forced AS f WHERE f.diaObjectId = a.diaObjectId AND {z})" for x, z in zip(v, c)
        )

    def condition(self, depth):
        kind = self.rng.randrange(10) if depth > 0 else self.rng.randrange(4)
        value = self.integer if self.rng.random() < 0.5 else self.real
        if kind in (0, 1):
            a, b = value(max(depth - 1, 0)), value(max(depth - 1, 0))
            op = self.pick("=", "<>", "<", "<=", ">", ">=")
            return tuple(f"({x} {op} {y})" for x, y in zip(a, b))
        if kind == 2:
            return (self.pick("a.isDipole", "a.isDipole = 0", "1 = a.isDipole", "a.isDipole <> 1", "a.isDipole IS NULL"),) * 2
        if kind == 3:
            band = self.pick("a.band", "f.band") if self.inner else "a.band"
            tests = ["= 'g'", "<> 'r'", "LIKE '_'", "LIKE 'g%'", "NOT LIKE '%i'", "IN ('u', 'g')", "IS NOT NULL", "> 'i'"]
            return (f"{band} {self.rng.choice(tests)}",) * 2
        if kind in (4, 5, 6):
            terms = [self.condition(depth - 1) for _ in range(self.rng.randrange(2, 4))]
            op = self.pick(" AND ", " OR ")
            return tuple("(" + op.join(t[i] for t in terms) + ")" for i in range(2))
        if kind == 7:
            a = self.condition(depth - 1)
            return tuple(f"(NOT {x})" for x in a)
        if kind == 8:
            a = value(depth - 1)
            return tuple(f"({x} IS {n}NULL)" for n in [self.pick("", "NOT ")] for x in a)
        a, b, c = value(depth - 1), value(depth - 1), value(depth - 1)
        n = self.pick("", "NOT ")
        if self.rng.random() < 0.5:
            return tuple(f"({x} {n}BETWEEN {y} AND {z})" for x, y, z in zip(a, b, c))
        return tuple(f"({x} {n}IN ({y}, {z}))" for x, y, z in zip(a, b, c))


def text(value):
    return "null" if value is None else str(value)


def main():
    rng = random.Random(int(sys.argv[1]))

    def maybe(value):
        return None if rng.random() < 0.25 else value

    bands = "ugrizy"
    alerts = [
        (i, maybe(rng.randrange(-4, 5)), maybe(rng.randrange(-4, 5)), maybe(rng.randrange(-8, 9) / 2),
         maybe(rng.randrange(-8, 9) / 2), maybe(rng.randrange(2)), maybe(rng.choice(bands)))
        for i in range(40)
    ]
    points = [
        (i, rng.randrange(5), rng.randrange(5), maybe(rng.randrange(-8, 9) / 2), maybe(rng.choice(bands)))
        for i in range(40) for _ in range(rng.randrange(5))
    ]
    database = sqlite3.connect(":memory:")
    database.execute("PRAGMA case_sensitive_like = ON")
    database.execute(
        "CREATE TABLE alert (diaObjectId, parentDiaSourceId INTEGER, trailAlgorithm INTEGER, psfFlux REAL, snr REAL,"
        " isDipole INTEGER, band TEXT)")
    database.execute("CREATE TABLE forced (diaObjectId, detector INTEGER, visit INTEGER, psfFlux REAL, band TEXT)")
    database.executemany("INSERT INTO alert VALUES (?,?,?,?,?,?,?)", alerts)
    database.executemany("INSERT INTO forced VALUES (?,?,?,?,?)", points)
    for alert in alerts:
        print("row", *map(text, alert[1:]), sep="\t")
    for point in points:
        print("forced", *map(text, point), sep="\t")
    for _ in range(int(sys.argv[2])):
        adql, sql = Generator(rng).condition(rng.randrange(1, 5))
        rows = database.execute(f"SELECT ({sql}) IS TRUE FROM alert AS a ORDER BY diaObjectId").fetchall()
        print("case", adql, "".join("P" if row[0] else "R" for row in rows), sep="\t")


main()
