#!/usr/bin/env python3
"""What other programs make of `xamine log export`.

Writes the logs of a few posts by the published format alone (docs/decision-log.md), has `xamine log
verify` judge them and `xamine log export` export them, and then:

* DICOS: pydicos reads every operator's report, and says what the log says;
* CSV and Parquet: DuckDB reads a folder of exports from all posts at once, and counts what the logs hold.

    python3 tests/peers/exports.py [--xamine BINARY]

Needs pydicos and duckdb (PyPI), and for Parquet a binary built with `--features parquet`; what is
missing is said as "skipped: WHY".
"""

import argparse
import collections
import hashlib
import json
import pathlib
import random
import subprocess
import sys
import tempfile

WORDS = ["clear", "suspicious", "inconclusive", "rescan", "not-analysed"]
POSTS = ["port-a", "rail-b", "road-c"]


def hexed(data):
    return hashlib.sha256(data).hexdigest()


def segment(folder, host, analyst, decisions, dice):
    """One sitting, by the format as it is published."""
    name = f"20260301T120000.000Z-{host.replace('-', '_')}-{analyst}-{dice.getrandbits(128):032x}.jsonl"
    bodies = [("open", {"program": "elsewhere", "version": "1", "build": "", "host": host, "login": analyst,
                        "analyst": analyst, "time_zone": "UTC", "clock_sync": "unknown", "boot_id": "b",
                        "heads": [], "pinned": hexed(b""), "tails": []})]
    bodies += [("decision", body) for body in decisions]
    counts = {"open": 1, "close": 1}
    if decisions:
        counts["decision"] = len(decisions)
    bodies.append(("close", {"records": len(bodies) + 1, "counts": counts}))
    before = hexed(name.encode())
    lines = []
    for number, (kind, body) in enumerate(bodies, 1):
        head = {"v": 1, "seq": number, "id": f"{dice.getrandbits(128):032x}",
                "at": f"2026-03-01T12:{number // 60:02}:{number % 60:02}.000+00:00",
                "boot_ns": number * 1_000_000_000, "kind": kind}
        text = json.dumps(head | body | {"prev": before}, separators=(",", ":"))[:-1] + ","
        line = text + '"self":"' + hexed(text.encode()) + '"}'
        before = hexed(line.encode())
        lines.append(line + "\n")
        body["record"] = head["id"]
    (folder / name).write_text("".join(lines))


def decision(dice, host, number):
    word = dice.choices(WORDS, [60, 20, 10, 5, 5])[0]
    scan = hexed(f"{host} {number}".encode())
    body = {"scan_id": scan,
            "scan": {"scan_id": scan, "container": f"MSCU{number:07}", "kind": "dual-energy",
                     "files": [{"path": f"/scans/{host}/{number}.tif", "sha256": scan, "bytes": 1000 + number}]},
            "decision": word, "reasons": [], "note": dice.choice(["", "=1+1", "two, crates"]),
            "confidence": dice.choice([None, 1, 5]), "regions": [], "controls": [], "views": [],
            "checklist": {}, "alarms": [],
            "timing": {"first_pixel_ms": 50, "total_ms": dice.randrange(5_000, 120_000), "idle_ms": 0},
            "final_lossless": dice.random() < 0.5, "cells_only": False, "truncated": False,
            "warnings_acknowledged": []}
    if word == "suspicious":
        body["reasons"] = ["density-anomaly", "organic-mass"]
        if dice.random() < 0.7:
            left, top = dice.randrange(1000), dice.randrange(500)
            body["regions"] = [{"shape": "rect", "points": [[left, top], [left + 40, top + 25]],
                                "label": "dense", "stats": {}}]
    return body


def run(xamine, *words):
    done = subprocess.run([xamine, "log", *map(str, words)], capture_output=True, text=True)
    return done.returncode, done.stdout, done.stderr


def check(holds, what):
    if not holds:
        sys.exit(f"FAILED: {what}")


def dicos(xamine, folder, truth):
    try:
        import pydicos
    except ImportError as error:
        print(f"skipped: {error}")
        return
    log, out = folder / POSTS[0], folder / "reports"
    code, said, problem = run(xamine, "export", "--format", "dicos", "--log", log, "-o", out)
    check(code == 0, f"export to DICOS: {problem}")
    # Everything else is not known.
    alarms = {"clear": "enumClear", "suspicious": "enumAlarm"}
    counted = collections.Counter()
    for body in truth[POSTS[0]]:
        report = pydicos.TDRLoader()
        report.read(str(out / f"{body['record']}.dcs"))
        data = report.get_data()
        alarm = data["AlarmDecision"].name
        check(alarm == alarms.get(body["decision"], "enumUnknownAlarmDecision"), f"{body['decision']} read as {alarm}")
        check(data["OOIID"] == body["scan"]["container"], "container")
        check(data["TDRType"].name == "enumOperator", "type of report")
        check(data["ContentDateAndTime"]["date"] == (2026, 3, 1), "date")
        objects = data["PTOs"]
        check(len(objects) == (body["decision"] == "suspicious"), "objects")
        counted[alarm] += 1
    print(f"pydicos read {sum(counted.values())} reports: {dict(counted)}")
    regions(out, truth)


def regions(out, truth):
    """Where the marks are, by another reader."""
    try:
        import pydicom
    except ImportError as error:
        print(f"skipped: {error}")
        return
    seen = 0
    for body in truth[POSTS[0]]:
        report = pydicom.dcmread(out / f"{body['record']}.dcs")
        for region, item in zip(body["regions"], report[0x4010, 0x1011].value):
            place = item[0x4010, 0x1037].value[0][0x4010, 0x1001].value[0]
            base, extents = place[0x4010, 0x1004].value, place[0x4010, 0x1005].value
            (left, top), (right, bottom) = region["points"]
            check(list(base[:2]) == [left, top], "base of a region")
            check(list(extents[:2]) == [right - left, bottom - top], "extents of a region")
            seen += 1
    check(seen > 0, "no region was read")
    print(f"pydicom read {seen} marked regions where they are")


def archive(xamine, folder, truth):
    try:
        import duckdb
    except ImportError as error:
        print(f"skipped: {error}")
        return
    wanted = collections.Counter((post, body["decision"]) for post in POSTS for body in truth[post])
    total = sum(body["timing"]["total_ms"] for post in POSTS for body in truth[post])
    for form, read in [("csv", "read_csv('{}')"), ("parquet", "read_parquet('{}')")]:
        exports = folder / form
        exports.mkdir()
        missing = None
        for post in POSTS:
            target = exports / f"{post}.{form}"
            code, _, problem = run(xamine, "export", "--format", form, "--log", folder / post, "-o", target)
            if code and "--features parquet" in problem:
                missing = problem.strip()
                break
            check(code == 0, f"export to {form}: {problem}")
        if missing:
            print(f"skipped: {missing}")
            continue
        table = read.format(exports / f"*.{form}")
        rows = duckdb.sql(f"select host, decision, count(*) from {table} group by all").fetchall()
        check({(host, word): n for host, word, n in rows} == dict(wanted), f"counts by {form}: {rows}")
        sums = duckdb.sql(
            f'select sum(total_ms), min("at")::varchar, count(*) filter (where confidence = 5), '
            f"count(*) filter (where final_lossless) from {table}").fetchall()[0]
        bodies = [body for post in POSTS for body in truth[post]]
        check(sums[0] == total, f"total_ms by {form}: {sums}")
        check(sums[1].startswith("2026-03-01"), f"time by {form}: {sums}")
        check(sums[2] == sum(body["confidence"] == 5 for body in bodies), f"confidence by {form}")
        check(sums[3] == sum(body["final_lossless"] for body in bodies), f"lossless by {form}")
        print(f"DuckDB read {sum(wanted.values())} decisions of {len(POSTS)} posts from {form}: counts and sums agree")


def main():
    words = argparse.ArgumentParser()
    words.add_argument("--xamine", default="target/debug/xamine")
    xamine = pathlib.Path(words.parse_args().xamine)
    if not xamine.exists():
        print(f"skipped: {xamine} is not built")
        return
    dice = random.Random(20260301)
    with tempfile.TemporaryDirectory() as place:
        folder, truth = pathlib.Path(place), {}
        for post in POSTS:
            (folder / post).mkdir()
            truth[post] = [decision(dice, post, number) for number in range(200)]
            segment(folder / post, post, "kim", truth[post], dice)
            code, said, problem = run(xamine, "verify", "--log", folder / post)
            check(code == 0, f"verify of a log written by the format alone: {said}{problem}")
        print(f"verify: {len(POSTS)} logs written by the published format alone are sound")
        dicos(xamine, folder, truth)
        archive(xamine, folder, truth)


if __name__ == "__main__":
    main()
