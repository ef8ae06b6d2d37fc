#!/usr/bin/env python3
"""Heavy rigs of the decision log: failing calls, kills at every call, power cuts, full disks, every bit
flipped, many writers, 10,000 segments, 100,000 records. Prints counts, says "skipped: PACKAGE" when something is missing, and proves each rig
by a mutant that it catches. Usage: tests/drills/log.py [RIG...]; needs Linux, cargo and python3.
"""
import collections, contextlib, glob, hashlib, json, os, random, re, shutil, subprocess, sys, tempfile, time

HOME = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CHILD = ["--exact", "decisions::crash::writes_until_killed", "--nocapture"]
failures = []


def check(name, good, said):
    print(f"  {'ok  ' if good else 'FAIL'} {name}: {said}", flush=True)
    if not good:
        failures.append(name)


TARGET = os.environ.get("CARGO_TARGET_DIR", os.path.join(HOME, "target"))


def build(source=HOME, target=TARGET):
    """The test program of a source tree."""
    command = ["cargo", "test", "--no-run", "--test", "it", "--message-format=json"]
    out = subprocess.run(command, cwd=source, env={**os.environ, "CARGO_TARGET_DIR": target},
                         stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if out.returncode:
        sys.exit(out.stderr)
    for line in out.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == "it":
            return message["executable"]
    sys.exit("cargo named no test program")


def sit(program, folder, decisions, before=()):
    """One sitting in a process of its own, perhaps under a tool; the ids that it acknowledged."""
    run = subprocess.run([*before, program, *CHILD], stdout=subprocess.PIPE,
                         stderr=subprocess.PIPE, text=True,
                         env={**os.environ, "XAMINE_TEST_LOG": folder, "RUST_BACKTRACE": "0",
                              "XAMINE_TEST_DECISIONS": str(decisions)})
    ids = re.findall(r"RECORDED \d+ ([0-9a-f]{32})", run.stdout)
    return run, ids, run.stdout.count("NotRecorded")


def verify(xamine, folder):
    state = tempfile.mkdtemp()
    run = subprocess.run([xamine, "log", "verify", "--json", "--log", folder],
                         stdout=subprocess.PIPE, text=True,
                         env={**os.environ, "XDG_STATE_HOME": state})
    shutil.rmtree(state)
    return json.loads(run.stdout)


def kept(folder):
    """Ids of all whole decisions whose hash is right, read without the library."""
    ids = set()
    for name in glob.glob(folder + "/*.jsonl"):
        for line in open(name, "rb").read().split(b"\n")[:-1]:
            front, mark, own = line.rpartition(b'"self":"')
            if mark and hashlib.sha256(front).hexdigest().encode() == own[:64]:
                record = json.loads(line)
                if record["kind"] == "decision":
                    ids.add(record["id"])
    return ids


def trace(program, decisions):
    """Calls on segments and on the folder while `decisions` decisions are recorded."""
    with tempfile.TemporaryDirectory() as folder:
        log = folder + ".strace"
        sit(program, folder, decisions, ["strace", "-f", "-y", "-qq", "-o", log, "-e",
                                         "trace=write,fdatasync,fsync"])
        counts = collections.Counter()
        for line in open(log, errors="replace"):
            call = re.search(r"(write|fdatasync|fsync)\(\d+<([^>]*)>", line)
            if call and call[2].endswith(".jsonl"):
                counts[call[1]] += 1
            elif call and call[2] == folder:
                counts[call[1] + " of the folder"] += 1
        os.remove(log)
        return counts


def rig_calls(program, xamine):
    """A decision adds exactly one write and one fdatasync."""
    few, many = trace(program, 10), trace(program, 30)
    added = {call: many[call] - few[call] for call in many}
    check("calls of 20 more decisions", added == {"write": 20, "fdatasync": 20, "fsync of the folder": 0},
          f"{dict(added)}; of a sitting of 10: {dict(few)}")
    return added.get("fdatasync") == 20 and many["fsync of the folder"] == 1


def rig_failing_syncs(program, xamine):
    """A failing fdatasync gives the segment up; the decision is written again with the same id."""
    good, tried, acknowledged = True, 0, 0
    for when in ["1", "2", "3", "5", "9", "4+", "1+"]:
        for call, error in [("fdatasync", "EIO"), ("fdatasync", "ENOSPC")]:
            with tempfile.TemporaryDirectory() as folder:
                _, ids, refused = sit(program, folder, 10, [
                    "strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                    f"inject={call}:error={error}:when={when}"])
                report = verify(xamine, folder)
                names = len(glob.glob(folder + "/*.jsonl"))
                lost = set(ids) - kept(folder)
                one = (len(ids) + refused == 10 and not lost and report["verdict"] == "open"
                       and names > 1 and ("+" in when or refused == 0))
                if not one:
                    print("    ", when, error, len(ids), refused, names, report)
                good, tried, acknowledged = good and one, tried + 1, acknowledged + len(ids)
    check("failing syncs", good, f"{tried} sittings, {acknowledged} acknowledged, 0 missing" if good else "see above")
    return good


def rig_kills(program, xamine):
    """The process killed before each call that the log makes."""
    # strace counts per thread: calls of the start-up, which other threads make too, are not among them.
    lost, acknowledged, tries, verdicts, recorded = 0, 0, 0, collections.Counter(), set()
    for call in ["write", "fdatasync", "fsync", "fallocate"]:
        n, untouched = 0, False
        while not untouched and n < 200:
            n += 1
            with tempfile.TemporaryDirectory() as folder:
                run, ids, _ = sit(program, folder, 20, [
                    "strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                    f"inject={call}:signal=SIGKILL:when={n}"])
                untouched = run.returncode == 0
                report = verify(xamine, folder)
                verdicts[report["verdict"]] += 1
                tries += not untouched
                acknowledged += len(ids)
                recorded.add(len(ids))
                lost += len(set(ids) - kept(folder))
    # Every number of acknowledged decisions must have been met, or the kills did not reach the log.
    reached = recorded >= set(range(21))
    check("kill at every call", lost == 0 and reached and not verdicts["tampered"],
          f"{tries} kills, {acknowledged} acknowledged, {lost} missing, verdicts {dict(verdicts)}")
    return lost == 0


ADVFS = os.path.join(HOME, "../shared/tools/advfs")
CUTS = int(os.environ.get("XAMINE_CUTS", "1000"))


@contextlib.contextmanager
def power_socket():
    """A mounted file system where only what was synced survives, and the way to cut its power."""
    with tempfile.TemporaryDirectory() as built, tempfile.TemporaryDirectory() as mount:
        source = shutil.copytree(ADVFS, os.path.join(built, "advfs"))
        subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=source, check=True,
                       env={**os.environ, "CARGO_TARGET_DIR": os.path.join(built, "target")})
        server = subprocess.Popen([os.path.join(built, "target/release/advfs"), mount],
                                  stdout=subprocess.PIPE, text=True)
        server.stdout.readline()

        def control(line):
            with open(os.path.join(mount, ".ctl"), "w") as file:
                file.write(line + "\n")
        try:
            yield mount, control
        finally:
            subprocess.run(["fusermount3", "-u", mount], check=True)
            server.wait(10)


def rig_power_cut(program, xamine):
    """The power goes at any call of the log; what was synced stays, what was not is lost, zeroed or garbage."""
    if not os.path.isdir(ADVFS):
        print("  skipped: ../shared (its file system that loses power)")
        return True
    chance = random.Random(1)
    missing, acknowledged, cuts, unsynced, good = 0, 0, 0, 0, True
    phases, verdicts, later = collections.Counter(), collections.Counter(), collections.Counter()
    with power_socket() as (folder, control):
        while cuts < CUTS:
            control("reset")
            call, when = chance.choice([("write", 24), ("fdatasync", 24), ("fsync", 3)])
            when = chance.randint(1, when)
            run, ids, _ = sit(program, folder, 20, [
                "strace", "-f", "-qq", "-o", "/dev/null", "-e", f"trace={call}", "-e",
                f"inject={call}:signal=SIGKILL:when={when}"])
            if run.returncode == 0:
                # The sitting had ended before that call: cut all the same.
                phases["after the end"] += 1
            else:
                phases["before " + call] += 1
            before = sum(os.path.getsize(name) for name in glob.glob(folder + "/*.jsonl"))
            control(f"crash {cuts + 1}")
            cuts += 1
            after = kept(folder)
            unsynced += before and call == "fdatasync" and run.returncode != 0
            acknowledged += len(ids)
            lost = set(ids) - after
            missing += len(lost)
            report = verify(xamine, folder)
            verdicts[report["verdict"]] += 1
            # The log goes on: the next sitting records, and what was acknowledged is still there.
            _, more, refused = sit(program, folder, 1)
            whole = len(more) == 1 and not refused and not (set(ids) | set(more)) - kept(folder)
            later[verify(xamine, folder)["verdict"]] += 1
            if lost or not whole:
                good = False
                if missing < 5 or not whole:
                    print("    ", call, when, len(ids), "lost", len(lost), "next", len(more), report["verdict"])
    check("power cuts", good, f"{cuts} cuts, {unsynced} between write and sync, {acknowledged} acknowledged, "
          f"{missing} missing; {dict(phases)}; verdicts {dict(verdicts)}, after the next sitting {dict(later)}")
    return good


def rig_writers(program, xamine):
    """Eight writers in one folder, 500 decisions each."""
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "XAMINE_TEST_LOG": folder, "XAMINE_TEST_DECISIONS": "500"}
        runs = [subprocess.Popen([program, *CHILD], stdout=subprocess.PIPE, text=True, env=env) for _ in range(8)]
        said = [run.communicate()[0] for run in runs]
        ids = [found for text in said for found in re.findall(r"RECORDED \d+ ([0-9a-f]{32})", text)]
        report, lost = verify(xamine, folder), set(ids) - kept(folder)
        good = len(ids) == len(set(ids)) == 4000 and not lost and report["verdict"] == "clean"
        check("eight writers", good, f"{len(ids)} acknowledged, {len(lost)} missing, {report['verdict']}, "
              f"{report['segments']} segments")
        return good


def rig_full_disk(program, xamine):
    """A disk that fills up while decisions are made."""
    good, said = True, []
    for size in ["16k", "64k", "256k"]:
        folder = tempfile.mkdtemp()
        if subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder],
                          stderr=subprocess.DEVNULL).returncode:
            os.rmdir(folder)
            print("  skipped: mount (needs root)")
            return True
        try:
            _, ids, refused = sit(program, folder, 400)
            report, lost = verify(xamine, folder), set(ids) - kept(folder)
            # Room again: the next sitting explains whatever the full disk tore.
            subprocess.run(["mount", "-o", "remount,size=4m", folder], check=True)
            sit(program, folder, 1)
            after = verify(xamine, folder)
        finally:
            subprocess.run(["umount", folder], check=True)
            os.rmdir(folder)
        said.append(f"{size}: {len(ids)} recorded, {refused} told as not recorded, {len(lost)} missing, {report['verdict']}, with room again {after['verdict']}")
        good = good and not lost and len(ids) + refused == 400 and report["verdict"] in ("open", "clean", "tail")
        good = good and refused > 0 and after["verdict"] in ("open", "clean")
    check("full disk", good, "; ".join(said))
    return good


def rig_exhaustive(program, xamine):
    """Every bit flipped, every cut, a thousand kills: the light tests without their limits."""
    for test in ["decisions::tamper", "decisions::crash::a_writer_killed"]:
        run = subprocess.run([program, test, "--nocapture"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, cwd=HOME, env={**os.environ, "XAMINE_DRILL": "1"})
        for line in run.stdout.splitlines():
            if re.match("(flips|cuts|drops|kills)", line):
                print("      " + line)
        check(test, run.returncode == 0, run.stdout.splitlines()[-2])


def rig_many_segments(program, xamine):
    """10,000 segments written by other code; verified, shown and continued."""
    def sha(data):
        return hashlib.sha256(data).hexdigest()
    with tempfile.TemporaryDirectory() as folder:
        before, pinned = None, None
        for number in range(10000):
            name = f"20260301T{number // 3600:02}{number // 60 % 60:02}{number % 60:02}Z-a-b-{number:032x}.jsonl"
            heads = [] if before is None else [{"segment": before[0], "seq": 2, "self": before[1], "end": "closed"}]
            pinned = sha(b"" if before is None else f"{before[0]} 2 {before[1]} {pinned}\n".encode())
            prev, text = sha(name.encode()), b""
            for seq, (kind, body) in enumerate([
                ("open", {"program": "p", "version": "1", "build": "", "host": "a", "login": "b", "analyst": "b",
                          "time_zone": "UTC", "clock_sync": "unknown", "boot_id": "", "heads": heads,
                          "pinned": pinned, "tails": []}),
                ("close", {"records": 2, "counts": {"close": 1, "open": 1}})], 1):
                front = {"v": 1, "seq": seq, "id": f"{number * 2 + seq:032x}",
                         "at": "2026-03-01T12:00:00.000+00:00", "boot_ns": seq, "kind": kind, **body, "prev": prev}
                front = json.dumps(front, separators=(",", ":"))[:-1].encode() + b","
                own = sha(front)
                line = front + b'"self":"' + own.encode() + b'"}'
                prev, text = sha(line), text + line + b"\n"
            open(os.path.join(folder, name), "wb").write(text)
            before = (name, own)
        start = time.time()
        report = verify(xamine, folder)
        checked = time.time() - start
        start = time.time()
        _, ids, _ = sit(program, folder, 1)
        sat = time.time() - start
        after = verify(xamine, folder)
        check("10,000 segments", report["verdict"] == after["verdict"] == "clean" and len(ids) == 1
              and after["segments"] == 10001,
              f"verified in {checked:.1f} s, a sitting with one decision {sat:.1f} s (unoptimised build), {after['verdict']}")


def rig_many_records(program, xamine):
    """100,000 decisions in one segment: verified by the release build, in memory that does not grow."""
    release, said, most = os.environ.get("XAMINE"), [], []
    if not release:
        subprocess.run(["cargo", "build", "--release", "--bin", "xamine"], cwd=HOME, check=True, stderr=subprocess.DEVNULL)
        release = os.path.join(TARGET, "release/xamine")
    for records in [10000, 100000]:
        # In memory: what is timed is the checking, not the disk.
        with tempfile.TemporaryDirectory(dir="/dev/shm") as folder:
            _, ids, _ = sit(program, folder, records)
            size = sum(os.path.getsize(name) for name in glob.glob(folder + "/*.jsonl"))
            times = []
            for _ in range(3):
                start = time.time()
                run = subprocess.run(["/usr/bin/time", "-f", "%M", release, "log", "verify", "--json", "--log", folder],
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
                times.append(time.time() - start)
            most.append(int(run.stderr.split()[-1]))
            verdict = json.loads(run.stdout)["verdict"]
            said.append(f"{len(ids)} decisions, {size / 1e6:.0f} MB: {min(times):.2f} s, {most[-1] / 1024:.0f} MB, {verdict}")
    check("100,000 records", most[1] < most[0] * 1.2, "; ".join(said))
    return True


MUTANTS = [
    ("no fdatasync", "rig_calls", "segment.rs", ".sync_data()\n", ".metadata().map(drop)\n"),
    ("retry after a failed sync", "rig_failing_syncs", "segment.rs", ".sync_data()\n",
     ".sync_data().or_else(|_| self.file.sync_data())\n"),
    ("no fdatasync, by power cuts", "rig_power_cut", "segment.rs", ".sync_data()\n", ".metadata().map(drop)\n"),
    ("no folder sync, by power cuts", "rig_power_cut", "folder.rs", "File::open(folder)?.sync_all()", "File::open(folder).map(drop)"),
    ("no folder sync", "rig_calls", "folder.rs", "File::open(folder)?.sync_all()", "File::open(folder).map(drop)"),
]


def rig_mutants(program, xamine):
    """Each rig catches the mistake it is there for."""
    for name, rig, file, sound, broken in MUTANTS:
        if rig == "rig_power_cut" and not (os.path.isdir(ADVFS) and shutil.which(NEEDS[rig])):
            print(f"  mutant '{name}': skipped: ../shared (its file system that loses power)")
            continue
        with tempfile.TemporaryDirectory() as copy:
            for part in ["src", "tests", "benches", "assets", "Cargo.toml", "Cargo.lock", "keymaps", "samples"]:
                source = os.path.join(HOME, part)
                if os.path.isdir(source):
                    shutil.copytree(source, os.path.join(copy, part))
                elif os.path.exists(source):
                    shutil.copy(source, copy)
            path = os.path.join(copy, "src/decisions", file)
            text = open(path).read()
            if sound not in text:
                check(f"mutant '{name}'", False, "its place in the source is gone")
                continue
            open(path, "w").write(text.replace(sound, broken))
            print(f"  mutant '{name}':")
            # In a target folder of their own: cargo would take a mutant for the project's own build.
            mutant = build(copy, os.path.join(TARGET, "mutants"))
            held = len(failures)
            caught = not globals()[rig](mutant, xamine)
            del failures[held:]
            check(f"mutant '{name}'", caught, f"caught by {rig}" if caught else f"NOT caught by {rig}")


NEEDS = {"rig_calls": "strace", "rig_failing_syncs": "strace", "rig_kills": "strace", "rig_mutants": "strace",
         "rig_power_cut": "fusermount3", "rig_many_records": "/usr/bin/time"}


def main():
    rigs = sys.argv[1:] or ["calls", "failing_syncs", "kills", "power_cut", "full_disk", "writers", "exhaustive", "many_segments",
                            "many_records", "mutants"]
    program = build()
    subprocess.run(["cargo", "build", "--bin", "xamine"], cwd=HOME, check=True, stderr=subprocess.DEVNULL)
    # Copies, so that a build beside this run changes nothing under it.
    keep = tempfile.mkdtemp()
    program = shutil.copy(program, keep)
    xamine = shutil.copy(os.path.join(TARGET, "debug/xamine"), keep)
    for rig in rigs:
        print(f"{rig}: {globals()['rig_' + rig].__doc__}", flush=True)
        need = NEEDS.get("rig_" + rig)
        if need and not shutil.which(need):
            print(f"  skipped: {need}")
            continue
        globals()["rig_" + rig](program, xamine)
    shutil.rmtree(keep)
    if not shutil.which("faketime"):
        print("skipped: faketime: stepping clocks (the injected clock of the tests covers them)")
    print("failed: " + ", ".join(failures) if failures else "all rigs held")
    sys.exit(bool(failures))


main()
