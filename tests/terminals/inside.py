#!/usr/bin/env python3
"""inside.py FOLDER [--tap] -- COMMAND...: runs inside a terminal, before and around the program.

Writes FOLDER/geometry.json (cells and pixels as the terminal says them, asked here and not by the
program under test), then becomes COMMAND. With --tap it stays between the two and keeps every byte
that the program writes in FOLDER/output, and every byte of the terminal in FOLDER/input.
"""
import fcntl, json, os, pty, re, select, struct, sys, termios, time, tty


def ask(question, bound):
    """The terminal's words up to its answer to CSI 5 n, or what came in `bound` seconds."""
    os.write(1, question + b"\x1b[5n")
    words, last = b"", time.monotonic() + bound
    while b"\x1b[0n" not in words and time.monotonic() < last:
        if select.select([0], [], [], 0.05)[0]:
            words += os.read(0, 4096)
    return words


def geometry():
    before = termios.tcgetattr(0)
    tty.setraw(0)
    words = ask(b"\x1b[>0q\x1b[14t\x1b[16t\x1b[c", 5)
    termios.tcsetattr(0, termios.TCSAFLUSH, before)
    rows, columns, width, height = struct.unpack("HHHH", fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8))
    found = {"rows": rows, "columns": columns, "kernel": [width, height]}
    for name, pattern in (("area", rb"\x1b\[4;(\d+);(\d+)t"), ("cell", rb"\x1b\[6;(\d+);(\d+)t")):
        answer = re.search(pattern, words)
        found[name] = [int(answer[2]), int(answer[1])] if answer else None
    version = re.search(rb"\x1bP>\|([^\x1b]*)\x1b", words)
    found["version"] = version[1].decode("latin1") if version else None
    found["fenced"] = b"\x1b[0n" in words
    return found


def relay(command, folder):
    size = fcntl.ioctl(0, termios.TIOCGWINSZ, b"\0" * 8)
    pid, master = pty.fork()
    if pid == 0:
        fcntl.ioctl(0, termios.TIOCSWINSZ, size)
        os.execvp(command[0], command)
    fcntl.ioctl(master, termios.TIOCSWINSZ, size)
    with open(os.path.join(folder, "pid"), "w") as file:
        file.write(str(pid))
    output = open(os.path.join(folder, "output"), "wb", 0)
    typed = open(os.path.join(folder, "input"), "wb", 0)
    before = termios.tcgetattr(0)
    tty.setraw(0)
    try:
        while True:
            for end in select.select([0, master], [], [])[0]:
                try:
                    some = os.read(end, 65536)
                except OSError:
                    some = b""
                if not some:
                    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
                (output if end == master else typed).write(some)
                rest, to = some, 1 if end == master else master
                while rest:
                    rest = rest[os.write(to, rest):]
    finally:
        termios.tcsetattr(0, termios.TCSADRAIN, before)


def main():
    words = sys.argv[1:]
    at = words.index("--")
    folder, command = words[0], words[at + 1:]
    found = geometry()
    path = os.path.join(folder, "geometry.json")
    with open(path + ".new", "w") as file:
        json.dump(found, file)
    os.rename(path + ".new", path)
    if "--tap" in words[:at]:
        code = relay(command, folder)
        with open(os.path.join(folder, "exit"), "w") as file:
            file.write(str(code))
        sys.exit(code if code >= 0 else 1)
    with open(os.path.join(folder, "pid"), "w") as file:
        file.write(str(os.getpid()))
    os.execvp(command[0], command)


main()
