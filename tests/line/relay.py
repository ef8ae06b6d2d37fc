#!/usr/bin/env python3
"""A slow line without root: a relay on the loopback with a rate, a delay and the cost of losses.

relay.py PORT [--rate 64000] [--rtt 600] [--loss 0.02] [--queue 32768] [--seed 1]: listens on a free
port, which it prints, and passes on to 127.0.0.1:PORT. A lost segment is what TCP makes of it: that
one and all later ones of its direction come one repeat later. Beyond the queue nothing is read, so
that the sender feels it. Ends with its parent.
"""
import argparse, asyncio, os, random, time

SEGMENT = 1200


class Pipe:
    """One direction."""

    def __init__(self, options, chance, deliver):
        self.options, self.chance, self.deliver = options, chance, deliver
        self.queue, self.held, self.free, self.behind = asyncio.Queue(), 0, 0.0, 0.0
        self.room = asyncio.Event()
        self.task = asyncio.create_task(self.run())

    async def put(self, some):
        options = self.options
        for at in range(0, len(some), SEGMENT):
            segment = some[at:at + SEGMENT]
            while self.held + len(segment) > options.queue:
                self.room.clear()
                await self.room.wait()
            self.held += len(segment)
            self.free = max(self.free, time.monotonic()) + (len(segment) + 40) * 8 / options.rate
            due = self.free + options.rtt / 2000
            if self.chance.random() < options.loss:
                due += max(options.rtt, 200) / 1000
            self.behind = due = max(due, self.behind)
            self.queue.put_nowait((self.free, due, segment))

    async def run(self):
        while True:
            _, due, segment = await self.queue.get()
            await asyncio.sleep(max(0, due - time.monotonic()))
            self.held -= len(segment)
            self.room.set()
            self.deliver(segment)
            if not segment:
                return

    def end(self):
        self.queue.put_nowait((0, max(self.free + self.options.rtt / 2000, self.behind), b""))


async def serve(options):
    chance = random.Random(options.seed)

    async def client(reader, writer):
        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", options.port)

        def to(writer):
            def deliver(some):
                try:
                    writer.write(some) if some else writer.write_eof()
                except (OSError, RuntimeError):
                    pass
            return deliver

        async def pump(reader, pipe):
            while some := await reader.read(4096):
                await pipe.put(some)
            pipe.end()
        await asyncio.gather(pump(back_reader, Pipe(options, chance, to(writer))),
                             pump(reader, Pipe(options, chance, to(back_writer))),
                             return_exceptions=True)
    server = await asyncio.start_server(client, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    parent = os.getppid()
    while os.getppid() == parent:
        await asyncio.sleep(1)


parser = argparse.ArgumentParser()
parser.add_argument("port", type=int)
for name, value in (("rate", 64000), ("rtt", 600), ("loss", 0.02), ("queue", 32768)):
    parser.add_argument("--" + name, type=float, default=value)
parser.add_argument("--seed", type=int, default=1)
asyncio.run(serve(parser.parse_args()))
