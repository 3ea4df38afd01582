#!/usr/bin/env python3
"""House rules that a machine can check: layering, file and function size, forbidden calls."""
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
SOURCES = ROOT / "Sources"
LAYERS = SOURCES / "README.md"
MAX_FILE_LINES = 400
MAX_FUNCTION_LINES = 75
#: The one file that may end the program on purpose.
FATAL_ALLOWED = set()
#: Files that may import Foundation.
FOUNDATION_ALLOWED = set()

problems = []


def layer_table():
    """module -> modules it may import, from the table in Sources/README.md."""
    table = {}
    for line in LAYERS.read_text().splitlines():
        match = re.match(r"\| `(\w+)` \|.*\| (.*) \|$", line)
        if match:
            table[match[1]] = match[2].strip()
    names = set(table)
    allowed = {}
    for name, text in table.items():
        if text.startswith("all but"):
            allowed[name] = names - set(re.findall(r"\w+", text[7:])) - {"nightjar"}
        elif text == "all":
            allowed[name] = names
        else:
            allowed[name] = set(re.findall(r"\w+", text)) & names
    return allowed


def check_imports(path, module, allowed, names):
    for number, line in enumerate(path.read_text().splitlines(), 1):
        match = re.match(r"\s*(?:@testable )?import (\w+)", line)
        if not match:
            continue
        name = match[1]
        if name in names and name != module and name not in allowed[module]:
            problems.append(f"{path.relative_to(ROOT)}:{number}: {module} may not import {name} (Sources/README.md)")
        if name.startswith("Foundation") and str(path.relative_to(ROOT)) not in FOUNDATION_ALLOWED:
            problems.append(f"{path.relative_to(ROOT)}:{number}: Foundation is not for here")


def check_text(path):
    relative = str(path.relative_to(ROOT))
    lines = path.read_text().splitlines()
    if len(lines) > MAX_FILE_LINES:
        problems.append(f"{relative}: {len(lines)} lines, more than {MAX_FILE_LINES}: one concept a file")
    start = None
    for number, line in enumerate(lines, 1):
        code = line.split("//")[0]
        if re.search(r"\btry!|\bas!", code):
            problems.append(f"{relative}:{number}: forced try or cast")
        if re.search(r"\bfatalError\(", code) and relative not in FATAL_ALLOWED:
            problems.append(f"{relative}:{number}: fatalError; a defect traps with precondition")
        if "Ounchecked" in code:
            problems.append(f"{relative}:{number}: -Ounchecked")
        match = re.match(r"( *)(?:@\w+(?:\([^)]*\))? )*(?:(?:public|private|fileprivate|static|mutating|override|final|internal|borrowing|consuming) )*(?:func |init[?(<])", line)
        if match and line.rstrip().endswith("{"):
            start = (number, len(match[1]))
        elif start and line.startswith(" " * start[1] + "}") and len(line) - len(line.lstrip()) == start[1]:
            if number - start[0] > MAX_FUNCTION_LINES:
                problems.append(f"{relative}:{start[0]}: a function of {number - start[0]} lines")
            start = None


def main():
    allowed = layer_table()
    names = set(allowed)
    folders = {p.name for p in SOURCES.iterdir() if p.is_dir() and not p.name.endswith(".docc")}
    for name in sorted(folders ^ names):
        problems.append(f"Sources/README.md and Sources/ disagree about {name}")
    for path in sorted(SOURCES.glob("**/*.swift")):
        module = path.relative_to(SOURCES).parts[0]
        if module in names:
            check_imports(path, module, allowed, names)
        check_text(path)
    for problem in problems:
        print(problem)
    print(f"tidy: {len(problems)} problems")
    sys.exit(1 if problems else 0)


main()
