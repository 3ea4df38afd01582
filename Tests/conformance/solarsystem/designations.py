#!/usr/bin/env python3
"""Random designations with their packed forms by mpc-designation, for the Swift tests: designations.py SEED COUNT OUT.

OUT gets a line each: plain, tab, packed; after them packed forms at random, valid or not: packed, tab, plain or nothing.
"""
import random
import re
import sys

import mpc_designation

HALF = "ABCDEFGHJKLMNOPQRSTUVWXY"
SECOND = HALF + "Z"
BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def plain(rng):
    kind = rng.randrange(7)
    if kind == 0:
        return str(rng.choice([rng.randint(1, 99999), rng.randint(100000, 619999), rng.randint(620000, 15396335)]))
    if kind == 1:
        year = rng.randint(1925, 2099)
        order = rng.choice([0, rng.randint(1, 9), rng.randint(10, 619)])
        return f"{year} {rng.choice(HALF)}{rng.choice(SECOND)}{order or ''}"
    if kind == 2:
        return f"{rng.randint(2000, 2061)} {rng.choice(HALF)}{rng.choice(SECOND)}{rng.randint(620, 591660)}"
    if kind == 3:
        return f"A{rng.randint(800, 924)} {rng.choice(HALF)}{rng.choice(SECOND)}"
    if kind == 4:
        return f"{rng.randint(1, 9999):04d} {rng.choice(['P-L', 'T-1', 'T-2', 'T-3'])}"
    if kind == 5:
        fragment = rng.choice(["", "", "-A", "-H", "-Z"])
        return f"{rng.choice('CPDX')}/{rng.randint(1000, 2099)} {rng.choice(HALF)}{rng.randint(1, 619)}{fragment}"
    return f"{rng.randint(1, 9999)}P{rng.choice(['', '-A', '-C', '-BQ'])}"


def packed(rng):
    """Characters at random in the shape of a packed designation."""
    shape = rng.choice(["#####", "?####", "~????", "L##h?#s", "_?h????", "TL##h?#0"])
    picks = {"#": "0123456789", "?": BASE62, "L": "IJK", "h": HALF, "s": SECOND, "T": "CPDX"}
    return "".join(rng.choice(picks[c]) if c in picks and (c in "sh" or rng.random() < 0.97) else c for c in shape)


def main():
    seed, count, path = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    rng = random.Random(seed)
    with open(path, "w") as out:
        for _ in range(count):
            text = plain(rng)
            out.write(f"{text}\t{mpc_designation.convert_simple(text)}\n")
        for _ in range(count):
            text = packed(rng)
            try:
                found = mpc_designation.convert(text)
                answer = found["output"] if found["info"]["format"] == "packed" else ""
                # The first comet of a half month is number 1, and a comet needs its letter.
                if re.fullmatch(r"\S/\S+ [A-Z]0(-.*)?|\d+ [A-Z]\d.*", answer):
                    answer = ""
            except (mpc_designation.MPCDesignationError, KeyError):
                answer = ""
            out.write(f"{text}\t{answer}\n")


main()
