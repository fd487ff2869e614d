"""Who reaches whom, tried with real packets; by the user whose number stands in REACH_AS, where it is set.

reach.py listen PORT...                      sends back what comes to these ports by TCP, and by UDP over IPv4
reach.py try SECONDS FROM/TO/PORT[/udp]...   prints for each, on a line, what came: open, silent, reset, or error
reach.py hold FROM/TO/PORT                   connects, then sends each line that it reads and prints what comes back
"""

import asyncio
import os
import sys
from typing import cast

LONGEST_SECONDS = 40


class Packets(asyncio.DatagramProtocol):
    """`answer` is what came to one that asked; one that listens sends it back."""

    def __init__(self, listens: bool = False) -> None:
        self.listens = listens
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.DatagramTransport, transport)

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        if self.listens:
            self.transport.sendto(data, address)
        elif not self.answer.done():
            self.answer.set_result("open")

    def error_received(self, _error: OSError) -> None:
        if not self.answer.done():
            self.answer.set_result("error")


async def echo(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(100):
        writer.write(data)
    writer.close()


async def listen(*ports: str) -> None:
    loop = asyncio.get_running_loop()
    for port in ports:
        await asyncio.start_server(echo, ["0.0.0.0", "::"], int(port))
        await loop.create_datagram_endpoint(lambda: Packets(listens=True), ("0.0.0.0", int(port)))
    print("listening", flush=True)
    await asyncio.Event().wait()


async def ask(source: str, target: str, port: str, protocol: str = "tcp") -> str:
    if protocol == "udp":
        loop = asyncio.get_running_loop()
        _, packets = await loop.create_datagram_endpoint(Packets, (source, 0), (target, int(port)))
        packets.transport.sendto(b"word")
        return await packets.answer
    reader, writer = await asyncio.open_connection(target, int(port), local_addr=(source, 0))
    writer.write(b"word")
    return "open" if await reader.read(4) == b"word" else "reset"


async def attempt(seconds: str, way: str) -> str:
    try:
        return await asyncio.wait_for(ask(*way.split("/")), float(seconds))
    except (asyncio.TimeoutError, TimeoutError):
        return "silent"
    except ConnectionRefusedError:
        return "reset"
    except OSError:
        return "error"


async def attempt_all(seconds: str, *ways: str) -> None:
    for outcome in await asyncio.gather(*(attempt(seconds, way) for way in ways)):
        print(outcome)


async def hold(way: str) -> None:
    source, target, port = way.split("/")
    reader, writer = await asyncio.open_connection(target, int(port), local_addr=(source, 0))
    print("connected", flush=True)
    while line := await asyncio.to_thread(sys.stdin.readline):
        writer.write(line.encode())
        print((await asyncio.wait_for(reader.readline(), LONGEST_SECONDS)).decode().strip(), flush=True)


COMMANDS = {"listen": listen, "try": attempt_all, "hold": hold}
if number := os.environ.get("REACH_AS"):
    # Here, as that user may not be allowed to read the interpreter.
    os.setresuid(int(number), int(number), int(number))
asyncio.run(COMMANDS[sys.argv[1]](*sys.argv[2:]))
