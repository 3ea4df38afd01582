#!/usr/bin/env python3
"""A hundred kills, half of them with a power loss, of a process that ingests, folds, backs up and publishes."""
import os
import pathlib
import shutil
import subprocess
import sys

root = pathlib.Path(__file__).resolve().parents[2]
if shutil.which("swift") is None:
    print("skipped: no Swift toolchain")
    sys.exit(77)
command = ["swift", "test", "--filter", "StorageTests.CrashTests"]
run = subprocess.run(command, cwd=root, env=dict(os.environ, NIGHTJAR_SOAK="1"), text=True, stdout=subprocess.PIPE)
for line in run.stdout.splitlines():
    if line.startswith(("seed", "killed", "skipped")) or "✘" in line:
        print(line)
if run.returncode == 0 and "killed 100 times" not in run.stdout:
    print("the test did not kill 100 times")
    sys.exit(1)
sys.exit(run.returncode)
