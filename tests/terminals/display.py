"""A private X server without root: its own free display number, its screen read from memory.

Xvfb chooses the number itself (-displayfd), so two runs never meet, and writes its frame buffer to
a file (-fbdir), so that a screenshot costs one read. Every process started here is ended by its id.
"""
import os, shutil, signal, struct, subprocess, tempfile, time

import numpy as np

WIDTH, HEIGHT = 1280, 1024


def end(process, patience=3.0):
    """Ends one process that we started, and its group: politely, then for certain."""
    for number, wait in ((signal.SIGTERM, patience), (signal.SIGKILL, patience)):
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            pass
        try:
            process.wait(wait)
            return
        except subprocess.TimeoutExpired:
            continue


class Display:
    """An Xvfb; `shot()` is what it shows now, as rows x columns x 3 of u8."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="xamine-display-")
        read, write = os.pipe()
        self.process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-fbdir",
             self.folder, "+extension", "GLX", "+render", "-noreset", "-nocursor", "-nolisten", "tcp"],
            pass_fds=[write], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, start_new_session=True)
        os.close(write)
        with os.fdopen(read) as pipe:
            self.name = ":" + pipe.readline().strip()
        if self.name == ":":
            raise RuntimeError("Xvfb does not start")
        self.map = None

    def environment(self):
        return {"DISPLAY": self.name, "LIBGL_ALWAYS_SOFTWARE": "1"}

    def shot(self):
        if self.map is None:
            path = os.path.join(self.folder, "Xvfb_screen0")
            with open(path, "rb") as file:
                head = struct.unpack(">25I", file.read(100))
            start = head[0] + 12 * head[19]
            assert head[11] == 32 and head[7] == 0, "an unknown frame buffer"
            raw = np.memmap(path, np.uint8, "r", start, (HEIGHT, head[12]))
            self.map = raw[:, :4 * WIDTH].reshape(HEIGHT, WIDTH, 4)
        return np.array(self.map[:, :, 2::-1])

    def xdotool(self, *words):
        subprocess.run(["xdotool", *map(str, words)], env={**os.environ, **self.environment()},
                       check=True, stdout=subprocess.DEVNULL, timeout=20)

    def keys(self, *names):
        """Presses keys by their X names, in the window under the pointer."""
        self.xdotool("key", "--delay", "30", *names)

    def type(self, text):
        self.xdotool("type", "--delay", "20", text)

    def close(self):
        end(self.process)
        self.map = None
        shutil.rmtree(self.folder, ignore_errors=True)


def until(test, bound, step=0.05):
    """Calls `test` until it gives something true, at most `bound` seconds; its last answer."""
    last = time.monotonic() + bound
    while True:
        answer = test()
        if answer or time.monotonic() > last:
            return answer
        time.sleep(step)
