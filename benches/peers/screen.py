#!/usr/bin/env python3
"""screen.py SCAN [--keys N] [--columns 200] [--rows 56] [--json FILE]

How long a key takes on a large scan: the console on a local pty of a terminal that speaks kitty's
protocol and answers at once, 8x16 pixels a cell. For each stack of filters it is put on by keys, then
views change by keys, N times each; the times are the console's own (`--trace`): from the key to the
last byte of the first new picture, and to the lossless one. XAMINE names the program.
"""
import argparse, fcntl, json, os, pty, re, select, shutil, signal, statistics, struct, subprocess, sys, tempfile, termios, threading, time

XAMINE = os.environ.get("XAMINE", "target/release/xamine")
QUERY = re.compile(
    rb"\x1b\[c|\x1b\[0c|\x1b\[>0?c|\x1b\[>0?q|\x1b\[5n|\x1b\[6n|\x1b\[14t|\x1b\[16t|\x1b\[18t"
    rb"|\x1b\[\?2026\$p|\x1b_G([^;\x1b]*);?[^\x1b]*\x1b\\")
STACKS = {
    "window + gamma + unsharp": {"on": ["s", "t g", "t p"]},
    "material + SEN": {"on": ["m", "t n"]},
    "log + CLAHE + edge": {"on": ["s", "t l", "t a", "t e"]},
}
# Other windows, a zoom, pans, other filters. The pans lead on and on, so that most views are new ones;
# what was seen before comes back at once.
CHANGES = ["]", "+", "L", "[", "J", "t s", "t s", "K", "i", "-", "}", "+", "L", "i", "H", "J", "{", "H", "-", "K"]


class Desk:
    """The console on a pty whose terminal answers at once."""

    def __init__(self, scan, columns, rows, trace):
        self.size = struct.pack("HHHH", rows, columns, columns * 8, rows * 16)
        self.first = None
        self.started = time.monotonic()
        home = tempfile.mkdtemp()
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, self.size)
            keep = {"PATH": os.environ["PATH"], "HOME": home, "TERM": "xterm-kitty", "LANG": "C.UTF-8"}
            words = [XAMINE, scan, "--read-only", "--trace", trace]
            os.execvpe(words[0], words, keep)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, self.size)
        self.columns, self.rows = columns, rows
        self.tail, self.bytes, self.ended = b"", 0, False
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    def listen(self):
        while True:
            try:
                data = os.read(self.fd, 1 << 20)
            except OSError:
                break
            if not data:
                break
            self.bytes += len(data)
            # A picture is a transmission of more than a probe's pixel.
            if self.first is None and b"\x1b_G" in data and len(data) > 600:
                self.first = time.monotonic() - self.started
            self.tail += data
            # Most of what comes is pixels, and a terminal is quick to see that.
            if b"\x1b[" not in self.tail and b"i=" not in self.tail:
                self.tail = self.tail[-6000:]
                continue
            end = 0
            answer = b""
            for match in QUERY.finditer(self.tail):
                answer += self.answer(match)
                end = match.end()
            # The longest thing that is answered is one transmission of 4096 bytes.
            self.tail = self.tail[end:][-6000:]
            if answer:
                os.write(self.fd, answer)
        self.ended = True

    def answer(self, match):
        query = match.group(0)
        if query.startswith(b"\x1b_G"):
            keys = dict(pair.split(b"=", 1) for pair in match.group(1).split(b",") if b"=" in pair)
            asked = keys.get(b"a", b"t") in (b"q", b"t", b"T") and keys.get(b"m", b"0") == b"0"
            if not asked or b"i" not in keys or keys.get(b"q") in (b"1", b"2"):
                return b""
            remote = keys.get(b"t", b"d") != b"d"
            return b"\x1b_Gi=" + keys[b"i"] + (b";EBADF:remote" if remote else b";OK") + b"\x1b\\"
        if query in (b"\x1b[c", b"\x1b[0c"):
            return b"\x1b[?62;22c"
        if query.endswith(b"q"):
            return b"\x1bP>|kitty(0.41.1)\x1b\\"
        if query.endswith(b"c"):
            return b"\x1b[>1;4000;41c"
        return {
            b"\x1b[5n": b"\x1b[0n", b"\x1b[6n": b"\x1b[1;1R", b"\x1b[16t": b"\x1b[6;16;8t",
            b"\x1b[14t": b"\x1b[4;%d;%dt" % (self.rows * 16, self.columns * 8),
            b"\x1b[18t": b"\x1b[8;%d;%dt" % (self.rows, self.columns),
            b"\x1b[?2026$p": b"\x1b[?2026;2$y",
        }[query]

    def press(self, chord):
        for key in chord.split():
            os.write(self.fd, key.encode())

    def end(self):
        os.kill(self.pid, signal.SIGTERM)
        _, _, usage = os.wait4(self.pid, 0)
        self.thread.join(5)
        os.close(self.fd)
        return usage.ru_maxrss


class Trace:
    """The lines of a trace as they come."""

    def __init__(self, path):
        self.path, self.at, self.lines = path, 0, []

    def read(self):
        with open(self.path, "rb") as file:
            file.seek(self.at)
            data = file.read()
        whole = data[:data.rfind(b"\n") + 1]
        self.at += len(whole)
        self.lines += [json.loads(line) for line in whole.splitlines()]
        return self.lines

    def wait(self, test, seconds):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = test(self.read())
            if found is not None:
                return found
            time.sleep(0.002)
        return None


def is_picture(line):
    return line["event"] == "frame" and line.get("kind") in ("picture", "tiles", "place") and line["bytes"] > 0


def settle(trace, quiet=0.4, seconds=20):
    """Until the newest picture is lossless and nothing more comes."""
    last, since = 0, time.monotonic()
    end = since + seconds
    while time.monotonic() < end:
        count = len(trace.read())
        if count != last:
            last, since = count, time.monotonic()
        elif time.monotonic() - since > quiet:
            return
        time.sleep(0.01)


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))] if values else None


def measure(scan, columns, rows, keys):
    folder = tempfile.mkdtemp()
    trace = Trace(os.path.join(folder, "trace"))
    desk = Desk(scan, columns, rows, trace.path)
    results = {}
    while not os.path.exists(trace.path):
        time.sleep(0.005)
    trace.wait(lambda lines: next((l for l in lines if is_picture(l) and l.get("lossless")), None), 60)
    settle(trace, 1.5)
    for name, stack in STACKS.items():
        desk.press("t x"); settle(trace)
        for chord in stack["on"]:
            desk.press(chord); settle(trace)
        firsts, ends, kinds = [], [], {}
        for n in range(keys):
            chord = CHANGES[n % len(CHANGES)]
            before = len(trace.read())
            desk.press(chord)
            settle(trace, 0.25)
            lines = trace.read()[before:]
            pressed = [l["t_ms"] for l in lines if l["event"] == "key"]
            pictures = [l for l in lines if is_picture(l)]
            if not pressed or not pictures:
                continue
            at = pressed[-1]
            # Until a picture of the view covers the pane, what stands there has no rung.
            first = next((l for l in pictures if l["t_ms"] >= at and l["quality"]), None)
            last = next((l for l in pictures if l.get("lossless") and l["t_ms"] >= at), None)
            if first:
                firsts.append(first["t_ms"] - at)
                kinds.setdefault(chord, []).append(round(first["t_ms"] - at, 1))
            if last:
                ends.append(last["t_ms"] - at)
        results[name] = {
            "keys": len(firsts), "first_p50_ms": percentile(firsts, .5), "first_p95_ms": percentile(firsts, .95),
            "lossless_p50_ms": percentile(ends, .5), "lossless_p95_ms": percentile(ends, .95), "by_key": kinds}
    results["opened_first_picture_ms"] = round(desk.first * 1e3) if desk.first else None
    results["max_rss_mb"] = desk.end() // 1024
    shutil.rmtree(folder)
    return results


def first_picture(words, patterns, n):
    """Seconds until a program's first picture is written to a pty."""
    times = []
    for _ in range(n):
        pid, fd = pty.fork()
        if pid == 0:
            os.environ.update(TERM="xterm-kitty")
            os.execvp(words[0], words)
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 56, 200, 1600, 896))
        start, seen = time.monotonic(), b""
        took = None
        while time.monotonic() - start < 60:
            try:
                data = os.read(fd, 65536)
            except OSError:
                break
            if not data:
                break
            seen = (seen + data)[-4000:]
            if took is None and any(p in seen for p in patterns) and len(data) > 500:
                took = time.monotonic() - start
                break
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(fd)
        times.append(took)
    times = [t for t in times if t]
    return statistics.median(times) * 1e3 if times else None


def openings(scan, n):
    """The first picture of each program on the same file, by turns."""
    peers = {"chafa": ["chafa", "-f", "kitty", "-s", "200x56", scan], "timg": ["timg", "-pk", "-g200x56", scan],
             "viu": ["viu", "-w", "200", scan]}
    rows = {}
    for _ in range(n):
        for name, words in peers.items():
            if not shutil.which(words[0]):
                continue
            took = first_picture(words, [b"\x1b_G", b"\x1b[38;"], 1)
            rows.setdefault(name, []).append(took)
        folder = tempfile.mkdtemp()
        desk = Desk(scan, 200, 56, os.path.join(folder, "trace"))
        end = time.monotonic() + 20
        while desk.first is None and time.monotonic() < end:
            time.sleep(0.002)
        rows.setdefault("xamine", []).append(desk.first * 1e3 if desk.first else None)
        desk.end()
        shutil.rmtree(folder)
    median = lambda all: statistics.median([v for v in all if v]) if any(all) else None
    return {name: median(all) for name, all in rows.items()}


if __name__ == "__main__":
    parse = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parse.add_argument("scan")
    parse.add_argument("--keys", type=int, default=40)
    parse.add_argument("--columns", type=int, default=200)
    parse.add_argument("--rows", type=int, default=58)
    parse.add_argument("--open", help="a TIFF whose first picture is timed beside chafa, timg and viu")
    parse.add_argument("--json")
    given = parse.parse_args()
    found = {"screen": measure(given.scan, given.columns, given.rows, given.keys)} if given.keys else {}
    if given.open:
        found["first picture, ms"] = openings(given.open, 5)
    text = json.dumps(found, indent=1)
    print(text)
    if given.json:
        open(given.json, "w").write(text)
