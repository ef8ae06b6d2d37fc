"""A private ssh over a slow line: real sshd, real client, keys and settings in a folder that goes.

`open_line("tun"|"relay"|"none", ...)` gives a `Line`; `Line.command(words)` is the command line that
runs `words` at the far end on a terminal. "none" is the program itself, with no line at all.
"""
import getpass, os, shutil, socket, subprocess, sys, tempfile, time

HERE = os.path.dirname(os.path.abspath(__file__))


def missing(kind):
    """What is not there for this kind of line."""
    if kind == "none":
        return None
    for name in ("sshd", "ssh", "ssh-keygen"):
        if not find(name):
            return "openssh-server" if name == "sshd" else "openssh-client"
    if kind == "tun":
        if os.geteuid():
            return "root (network namespaces)"
        if not os.path.exists("/dev/net/tun") or not find("ip"):
            return "iproute2 and /dev/net/tun"
    return None


def find(name):
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Line:
    def __init__(self, kind, options):
        self.kind, self.options, self.processes = kind, options, []
        self.folder = tempfile.mkdtemp(prefix="xamine-line-")
        self.before, self.host, self.port = [], "127.0.0.1", 0
        try:
            if kind != "none":
                self.open()
        except BaseException:
            self.close()
            raise

    def path(self, name):
        return os.path.join(self.folder, name)

    def settings(self):
        return [word for name in ("rate", "rtt", "loss", "seed")
                for word in ("--" + name, str(getattr(self.options, name)))]

    def start(self, words, **more):
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, **more)
        self.processes.append(process)
        return process

    def script(self, name, *words):
        """Starts a script beside this one and waits for its first line."""
        process = self.start([sys.executable, os.path.join(HERE, name), *map(str, words), *self.settings()],
                             stdout=subprocess.PIPE, text=True)
        said = process.stdout.readline().strip()
        if not said:
            raise RuntimeError(f"{name} does not start")
        return said

    def open(self):
        port = free_port()
        server = []
        if self.kind == "tun":
            spaces = [f"xamine{os.getpid()}{end}" for end in ("s", "c")]
            self.script("tunlink.py", *spaces)
            server = ["ip", "netns", "exec", spaces[0]]
            self.before = ["ip", "netns", "exec", spaces[1]]
            self.host, self.port, listen = "10.77.0.1", port, "10.77.0.1"
        else:
            listen = "127.0.0.1"
        self.serve(server, listen, port)
        if self.kind == "relay":
            self.port = int(self.script("relay.py", port))

    def serve(self, before, listen, port):
        for name in ("host", "client"):
            subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", self.path(name)], check=True)
        shutil.copy(self.path("client.pub"), self.path("authorized"))
        with open(self.path("sshd.conf"), "w") as file:
            file.write(f"ListenAddress {listen}\nPort {port}\nHostKey {self.path('host')}\n"
                       f"AuthorizedKeysFile {self.path('authorized')}\nPidFile none\nUsePAM no\n"
                       "StrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\n"
                       "PermitRootLogin prohibit-password\nPrintMotd no\nUseDNS no\nX11Forwarding no\n"
                       # A session whose line is gone ends by itself.
                       "AllowTcpForwarding no\nClientAliveInterval 20\nClientAliveCountMax 3\n")
        if not os.geteuid():
            os.makedirs("/run/sshd", mode=0o755, exist_ok=True)
        self.start([*before, find("sshd"), "-D", "-e", "-f", self.path("sshd.conf")],
                   stderr=open(self.path("sshd.log"), "wb"))
        last = time.monotonic() + 10
        while "listening" not in open(self.path("sshd.log"), errors="replace").read():
            if time.monotonic() > last:
                raise RuntimeError("sshd does not start: " + open(self.path("sshd.log")).read()[-300:])
            time.sleep(0.02)
        key = open(self.path("host.pub")).read().split()
        with open(self.path("known"), "w") as file:
            file.write(f"xamine {key[0]} {key[1]}\n")

    def command(self, words):
        """The command line that runs `words` at the far end."""
        quoted = " ".join("'" + word.replace("'", "'\\''") + "'" for word in words)
        if self.kind == "none":
            return list(words)
        return [*self.before, "ssh", "-tt", "-F", "none", "-e", "none", "-i", self.path("client"), "-p",
                str(self.port), "-o", "UserKnownHostsFile=" + self.path("known"), "-o",
                "HostKeyAlias=xamine", "-o", "StrictHostKeyChecking=yes", "-o", "IdentitiesOnly=yes",
                "-o", "IdentityAgent=none", "-o", "BatchMode=yes", "-o", "LogLevel=ERROR",
                *(["-C"] if self.options.compression else []),
                f"{getpass.getuser()}@{self.host}", quoted]

    def close(self):
        for process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)
