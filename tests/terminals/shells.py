"""The shell after the console: however that ended, the screen is as if it had never run.

In a shell in the terminal, `./x` first does nothing: that screen is the reference. Then `./x` is the
console, is ended, and the whole window must be the reference again, and stay so.
"""
import json, os, signal, subprocess, time

import numpy as np

from desk import HOME, Desk
from display import until
from emulators import Window, version

PATIENCE = 45.0
# So long a left-over reply would take to be typed into the shell.
QUIET = 0.7
SHELL = ["env", "PS1=$ ", "bash", "--norc", "--noprofile", "-i"]


def panicking():
    """The test program whose console panics at a key, or why it cannot be had."""
    path = os.environ.get("XAMINE_TEST_PROGRAM")
    if path:
        return os.path.abspath(path), None
    run = subprocess.run(["cargo", "test", "--no-run", "--test", "it", "--message-format=json"],
                         cwd=HOME, capture_output=True, text=True)
    for line in run.stdout.splitlines():
        message = json.loads(line)
        if message.get("executable") and message["target"]["name"] == "it":
            return message["executable"], None
    return None, "the test program cannot be built"


class Shell:
    """A shell in a terminal, and what `./x` does next."""

    def __init__(self, kind, desk):
        self.kind, self.desk = kind, desk
        with open(desk.path("x"), "w") as file:
            file.write("#!/bin/bash\ncd " + desk.folder + "\necho $$ > pid.new && mv pid.new pid\n"
                       "source ./what\n")
        os.chmod(desk.path("x"), 0o755)
        self.window = Window(kind, desk, SHELL)
        self.does("touch did")
        if not until(lambda: self.lit(self.window.shot()), PATIENCE):
            raise RuntimeError("the terminal does not start")

    @staticmethod
    def lit(shot):
        return len(np.unique(shot.reshape(-1, 3)[::7], axis=0)) > 1

    def does(self, what):
        with open(self.desk.path("what"), "w") as file:
            file.write(what + "\n")
        self.desk.forget("pid", "did")

    def run(self, what):
        self.does(what)
        # One line: what is typed while a command runs would be echoed at once.
        self.window.type("clear; ./x\n")
        if not until(self.desk.pid, PATIENCE):
            raise RuntimeError("the shell does not take its line")

    def still(self, bound=PATIENCE):
        """Waits until the screen stops changing; the screen."""
        last = [self.window.shot()]

        def same():
            time.sleep(0.25)
            now = self.window.shot()
            equal = np.array_equal(now, last[0])
            last[0] = now
            return equal
        until(same, bound)
        return last[0]

    def rested(self):
        """The reference: two clean screens in a row that are equal, a terminal's own hints gone."""
        last = [self.clean()]

        def same():
            now = self.clean()
            equal = np.array_equal(now, last[0])
            last[0] = now
            return equal
        if not until(same, PATIENCE):
            raise RuntimeError("the shell's screen does not stand still")
        return last[0]

    def clean(self):
        """The screen after `./x` did nothing."""
        self.run("touch did")
        until(lambda: os.path.exists(self.desk.path("did")), PATIENCE)
        return self.still()

    def command(self, words):
        quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
        return "exec " + quoted

    def picture(self, reference):
        """Waits until a pane of the window is something else than the shell, and stands still."""
        changed = lambda shot: float((shot != reference).any(axis=2)[:480, :800].mean())
        if not until(lambda: changed(self.window.shot()) > 0.3, PATIENCE, 0.1):
            raise RuntimeError("no picture")
        self.window.keys("F")
        self.still()

    def becomes(self, reference):
        """The share of pixels that differ from the reference at the end."""
        differs = lambda: float((self.window.shot() != reference).any(axis=2).mean())
        if not until(lambda: differs() == 0, PATIENCE, 0.1):
            return differs()
        time.sleep(QUIET)
        return differs()

    def close(self):
        self.window.close()


def gone(pid):
    return not os.path.exists(f"/proc/{pid}") or open(f"/proc/{pid}/stat").read().split(") ")[1][0] == "Z"


def endings(shell, panic, quick):
    """Every way of ending; gives (way, share that differs, note)."""
    reference = shell.reference = shell.rested()
    desk = shell.desk
    ways = [("quit by key", lambda pid: shell.window.keys("q")),
            ("kill -TERM", lambda pid: os.kill(pid, signal.SIGTERM)),
            ("kill -HUP", lambda pid: os.kill(pid, signal.SIGHUP))]
    for way, act in ways[quick:]:
        shell.run(shell.command(desk.console("--read-only")))
        shell.picture(reference)
        pid = desk.pid()
        act(pid)
        if not until(lambda: gone(pid), PATIENCE):
            yield way, 1.0, "does not end"
            return
        yield way, shell.becomes(reference), ""
    if panic:
        shell.run("export XAMINE_TEST_CHILD=1 RUST_BACKTRACE=0\n" + shell.command(
            [panic, "--exact", "restoring::child", "--ignored", "--nocapture", "--test-threads=1"]))
        until(lambda: (shell.window.shot() != reference).any(), PATIENCE)
        shell.still()
        pid = desk.pid()
        shell.window.keys("p")
        if not until(lambda: gone(pid), PATIENCE):
            yield "a panic", 1.0, "does not end"
            return
        shell.still()
        again = shell.clean()
        yield "a panic, then clear", float((again != reference).any(axis=2).mean()), "text screen only"
    if quick:
        return
    # The rig itself: a console that is killed outright leaves its screen, and that must be seen.
    shell.run(shell.command(desk.console("--read-only")))
    shell.picture(reference)
    pid = desk.pid()
    os.kill(pid, signal.SIGKILL)
    until(lambda: gone(pid), PATIENCE)
    seen = float((shell.still() != reference).any(axis=2).mean())
    yield "mutant: kill -KILL", 0.0 if seen else 1.0, f"differs in {100 * seen:.1f} %, as it must"


def one(kind, panic, arguments, keep):
    """All endings in one terminal; how many failed."""
    failed = 0
    desk = Desk()
    shell = None
    try:
        shell = Shell(kind, desk)
        for way, differs, note in endings(shell, panic, arguments.quick):
            good = differs == 0
            failed += not good
            print(f"{kind.name:9} {version(kind):14} {way:22} {100 * differs:7.3f} %  "
                  f"{'pass' if good else 'FAIL'} {note}", flush=True)
            if not good:
                keep(arguments, f"{kind.name}-{way.replace(' ', '-')}", shell.window, desk,
                     shell.reference)
    except RuntimeError as error:
        failed += 1
        print(f"{kind.name:9} FAIL {error}", flush=True)
        if shell:
            keep(arguments, f"{kind.name}-shell", shell.window, desk)
    finally:
        if shell:
            shell.close()
        desk.close()
    return failed


def run(kinds, arguments, keep, nothing, each):
    panic, why = panicking() if kinds else (None, None)
    if why:
        nothing(f"a panic: {why}")
    print(f"{'terminal':9} {'version':14} {'ended by':22} {'differs':>9}", flush=True)
    return each(lambda kind: one(kind, panic, arguments, keep), kinds)
