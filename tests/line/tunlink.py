#!/usr/bin/env python3
"""A slow, lossy line of real packets: two network namespaces joined by a TUN pair. Needs root.

tunlink.py SERVER_NS CLIENT_NS [--rate 64000] [--up 0] [--rtt 600] [--loss 0.02] [--queue 65536] [--seed 1]
Server 10.77.0.1, client 10.77.0.2. Packets are held back, delayed and dropped here, so the kernel's
TCP runs on top with its congestion control and its repeats; `tc netem` is not in every kernel.
Prints "up" when it is; at its end (TERM, INT, or its parent gone) the namespaces are deleted.
"""
import argparse, ctypes, fcntl, heapq, json, os, random, select, signal, struct, subprocess, sys, time

TUNSETIFF, TUN_NO_PACKET_INFO = 0x400454CA, 0x1001
SERVER, CLIENT = "10.77.0.1", "10.77.0.2"


def ip(*words, check=True):
    subprocess.run(["ip", *words], check=check, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def tunnel(namespace, own, peer, libc, home):
    """A namespace with one end of the line; the end's file."""
    ip("netns", "add", namespace)
    there = os.open("/run/netns/" + namespace, os.O_RDONLY)
    if libc.setns(there, 0):
        raise OSError(ctypes.get_errno(), "setns")
    end = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(end, TUNSETIFF, struct.pack("16sH", b"wan0", TUN_NO_PACKET_INFO))
    libc.setns(home, 0)
    os.close(there)
    ip("-n", namespace, "addr", "add", own, "peer", peer, "dev", "wan0")
    ip("-n", namespace, "link", "set", "wan0", "mtu", "1400", "up")
    ip("-n", namespace, "link", "set", "lo", "up")
    return end


class Line:
    """Both directions; what is sent waits in a heap until its time."""

    def __init__(self, options, server, client):
        self.options, self.random = options, random.Random(options.seed)
        self.other = {server: client, client: server}
        self.rate = {server: options.rate, client: options.up or options.rate}
        self.free = {server: 0.0, client: 0.0}
        self.counts = {server: [0, 0, 0], client: [0, 0, 0]}
        self.waiting, self.number = [], 0

    def take(self, end, packet):
        now, counts = time.monotonic(), self.counts[end]
        behind = (self.free[end] - now) * self.rate[end] / 8
        if self.random.random() < self.options.loss or behind > self.options.queue:
            counts[2] += 1
            return
        self.free[end] = max(self.free[end], now) + len(packet) * 8 / self.rate[end]
        counts[0] += len(packet)
        counts[1] += 1
        self.number += 1
        due = self.free[end] + self.options.rtt / 2000
        heapq.heappush(self.waiting, (due, self.number, self.other[end], packet))

    def run(self, parent):
        while os.getppid() == parent:
            wait = max(0, self.waiting[0][0] - time.monotonic()) if self.waiting else 1.0
            for end in select.select(list(self.other), [], [], min(wait, 1.0))[0]:
                self.take(end, os.read(end, 2048))
            while self.waiting and self.waiting[0][0] <= time.monotonic():
                _, _, end, packet = heapq.heappop(self.waiting)
                try:
                    os.write(end, packet)
                except OSError:
                    pass


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("server")
    parser.add_argument("client")
    for name, value in (("rate", 64000), ("up", 0), ("rtt", 600), ("loss", 0.02), ("queue", 65536)):
        parser.add_argument("--" + name, type=float, default=value)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    parent = os.getppid()
    libc, home = ctypes.CDLL("libc.so.6", use_errno=True), os.open("/proc/self/ns/net", os.O_RDONLY)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    line = None
    try:
        server = tunnel(options.server, SERVER, CLIENT, libc, home)
        client = tunnel(options.client, CLIENT, SERVER, libc, home)
        print("up", flush=True)
        line = Line(options, server, client)
        line.run(parent)
    except KeyboardInterrupt:
        pass
    finally:
        for namespace in (options.server, options.client):
            ip("netns", "delete", namespace, check=False)
        if line:
            down, up = line.counts.values()
            print(json.dumps({"down_bytes_packets_lost": down, "up": up}), flush=True)


main()
