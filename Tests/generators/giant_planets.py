#!/usr/bin/env python3
"""Writes Sources/SolarSystem/Dynamics/GiantPlanetTables.swift: Chebyshev coefficients of the heliocentric places of the
giant planets, from VSOP87 as the library libnova evaluates it (Debian: libnova-0.16-0; `--library PATH` for another place).

The library is a tool of this generator only; nothing links it. Requires numpy and pyerfa.
"""
import argparse
import ctypes
import pathlib
import sys

import erfa
import numpy as np

#: Planet, days of one polynomial, polynomials, coefficients of each.
PLANETS = [("jupiter", 1000, 40, 11), ("saturn", 2000, 20, 11), ("uranus", 4000, 10, 11), ("neptune", 4000, 10, 9)]
#: MJD (TDB) where the tables begin: 1971.
BEGIN = 41000


class Place(ctypes.Structure):
    _fields_ = [("l", ctypes.c_double), ("b", ctypes.c_double), ("r", ctypes.c_double)]


def evaluator(library, planet, to_icrs):
    function = getattr(library, f"ln_get_{planet}_helio_coords")
    function.argtypes = [ctypes.c_double, ctypes.POINTER(Place)]

    def place(mjd):
        out = Place()
        function(mjd + 2400000.5, out)
        return to_icrs @ (out.r * np.array(erfa.s2c(np.radians(out.l), np.radians(out.b))))

    return place


def polynomial(place, begin, days, count):
    nodes = np.cos(np.pi * (np.arange(count) + 0.5) / count)
    values = np.array([place(begin + days / 2 * (1 + x)) for x in nodes])
    basis = np.cos(np.outer(np.arange(count), np.arccos(nodes)))
    coefficients = 2 / count * basis @ values
    coefficients[0] /= 2
    return coefficients.T


def worst_error(place, tables, days, count):
    worst = 0
    random = np.random.default_rng(1)
    for index, table in enumerate(tables):
        for fraction in random.uniform(-1, 1, 5):
            basis = np.cos(np.arange(count) * np.arccos(fraction))
            mjd = BEGIN + days * (index + (1 + fraction) / 2)
            worst = max(worst, np.abs(table @ basis - place(mjd)).max())
    return worst


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--library", default="libnova-0.16.so.0")
    library = ctypes.CDLL(arguments.parse_args().library)
    to_icrs = erfa.ecm06(2451545.0, 0.0).T
    lines = [
        "/// Chebyshev coefficients of the giant planets' heliocentric places (au, ICRF axes), from VSOP87 by",
        "/// `Tests/generators/giant_planets.py`; units of 1e-10 au. Per polynomial: x, then y, then z.",
        "enum GiantPlanetTables {",
        f"    static let beginMjdTDB: Double = {BEGIN}",
    ]
    for planet, days, polynomials, count in PLANETS:
        place = evaluator(library, planet, to_icrs)
        tables = [polynomial(place, BEGIN + days * k, days, count) for k in range(polynomials)]
        error = worst_error(place, tables, days, count)
        print(f"{planet}: {error:.1e} au off the series at worst", file=sys.stderr)
        numbers = [str(round(v * 1e10)) for table in tables for row in table for v in row]
        lines += ["", f"    static let {planet} = GiantPlanetTable(", f"        daysPerPolynomial: {days}, coefficientCount: {count},",
                  "        coefficients: ["]
        row = "           "
        for number in numbers:
            if len(row) + len(number) + 2 > 118:
                lines.append(row)
                row = "           "
            row += " " + number + ","
        lines += [row, "        ])"]
    lines.append("}")
    root = pathlib.Path(__file__).resolve().parent.parent.parent
    (root / "Sources/SolarSystem/Dynamics/GiantPlanetTables.swift").write_text("\n".join(lines) + "\n")


main()
