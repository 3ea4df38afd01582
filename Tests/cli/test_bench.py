"""nightjar bench: every case that needs no other program ends in its small form, with the figures it promises."""
import json
import os
import subprocess
import tempfile

from tool import BINARY, ROOT, environment

WANTED = {
    "lightcurve": ["cold_p50", "cold_p99", "warm_p50", "warm_p99", "json_of_1000_points", "csv_of_1000_points",
                   "request_of_1000_points", "load"],
    "fold": ["write", "fold_year_at_once", "fold_night", "write_meanwhile", "fold_years", "month_blocks", "year_blocks"],
    "ingest": ["steady_140kB_archive_on", "first_contact_140kB_archive_on"],
    "sso": ["nightly_1.5M", "visit_6M", "visit_in_batches_6M", "ingest_without_orbits", "ingest_with_orbits",
            "ingest_while_indexing", "nightly_meanwhile"],
    "latency": ["to_publication_p50", "to_publication_p99", "to_query_p50", "to_query_p99", "to_query_asked"],
}
OPTIONS = {
    "lightcurve": ["--points", "2e4"], "fold": ["--points", "2e4"],
    "ingest": ["--runs", "1", "--cell", "140kB_archive_on"], "latency": [],
    "sso": ["--runs", "1"],
}


def bench(home, *words, cwd=ROOT):
    done = subprocess.run(
        [BINARY, "bench", *words, "--quick", "--directory", home], capture_output=True, text=True, timeout=120, cwd=cwd,
        env=environment())
    assert done.returncode == 0, f"{words}: {done.returncode}\n{done.stdout}\n{done.stderr}"
    return [json.loads(line) for line in done.stdout.splitlines()]


def head():
    done = subprocess.run(["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip()[:12] if done.returncode == 0 else "unknown"


def check_cases(home):
    for case, metrics in WANTED.items():
        lines = bench(home, case, *OPTIONS[case])
        found = {line["metric"]: line for line in lines}
        for metric in metrics:
            assert metric in found, f"bench {case} lacks {metric}: {sorted(found)}"
        for line in lines:
            assert line["case"] == case and line["min"] <= line["median"] <= line["max"], line
            assert line["commit"] == head(), f"{line['commit']} is not the checkout's {head()}"
        if case == "fold":
            assert 12 < found["year_blocks"]["median"] < 40, found["year_blocks"]
        if case == "latency":
            # Each alert that is asked for is asked for once, and none is forgotten.
            asked = found["to_query_p50"]["n"]
            assert asked == round(found["to_query_asked"]["n"] * found["to_query_asked"]["median"]), asked
            assert found["to_query_max"]["median"] < 60, found["to_query_max"]
        print(f"  bench {case}: {len(lines)} figures", flush=True)


def check_long_run(home):
    lines = bench(home, "ingest", "--visits", "250")
    rates = [line for line in lines if line["unit"] == "alerts/s"]
    assert [line["metric"] for line in rates] == [f"long_run_to_visit_{last}" for last in (100, 200, 250)], rates
    assert sum(line["n"] for line in rates) == 250 * 300
    assert sum(line["metric"].endswith("_rss_anonymous") for line in lines) == 3


def check_outside_a_checkout(home):
    with tempfile.TemporaryDirectory() as elsewhere:
        lines = bench(home, "filter", "--runs", "1", cwd=elsewhere)
    assert {line["commit"] for line in lines} == {"unknown"}, lines


def main():
    with tempfile.TemporaryDirectory() as home:
        check_cases(home)
        check_long_run(home)
        check_outside_a_checkout(home)
    print("bench: its cases end")


if __name__ == "__main__":
    main()
