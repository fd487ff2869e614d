"""A client that holds requests open: it sends the head of each, part of its body, and then a byte now and then.

usage: holdRequests.py ADDRESS:PORT SOURCE COUNT METHOD PATH

Prints one JSON line when all requests went out and had a second to be answered: how many are held, and how many got which
status (0: closed without one). It holds them until its input ends. METHOD `HEAD-` stops in the middle of the head, `SILENT`
sends nothing after the handshake.
"""

import asyncio
import contextlib
import json
import ssl
import sys
from collections import Counter

HOST = "portico.internal"
AT_ONCE = 50

# It does not care whom it harms.
CONTEXT = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
CONTEXT.check_hostname, CONTEXT.verify_mode = False, ssl.CERT_NONE


def words(method: str, path: str) -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\n"
    if method == "SILENT":
        return b""
    if method == "HEAD-":
        return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\nX-Slow: ".encode()
    if method == "POST":
        head += "Content-Type: text/plain\r\nContent-Length: 100000\r\n\r\nbegin"
        return head.encode()
    return (head + "\r\n").encode()


async def hold(
    target: tuple[str, int],
    source: str,
    text: bytes,
    gate: asyncio.Semaphore,
    sent: asyncio.Semaphore,
    answers: Counter[int],
) -> None:
    try:
        try:
            async with gate:
                opening = asyncio.open_connection(*target, ssl=CONTEXT, server_hostname=HOST, local_addr=(source, 0))
                reader, writer = await asyncio.wait_for(opening, 30)
                writer.write(text)
                await writer.drain()
        finally:
            sent.release()
        if text.startswith(b"POST"):
            asyncio.get_running_loop().create_task(dribble(writer))
        line = await reader.readline()
        status = line.split()[1] if line.startswith(b"HTTP/") else b"0"
        answers[int(status)] += 1
        # The answer of a stream goes on: it is held as well.
        while int(status) == 200 and await reader.read(65536):
            pass
    except (OSError, asyncio.TimeoutError):
        answers[0] += 1


async def dribble(writer: asyncio.StreamWriter) -> None:
    """Sends a byte now and then, so that no pause is long enough to be ended."""
    with contextlib.suppress(OSError):
        while not writer.is_closing():
            await asyncio.sleep(5)
            writer.write(b"x")
            await writer.drain()


async def main(address: str, source: str, count: int, method: str, path: str) -> None:
    host, port = address.rsplit(":", 1)
    answers: Counter[int] = Counter()
    gate, sent = asyncio.Semaphore(AT_ONCE), asyncio.Semaphore(0)
    text = words(method, path)
    tasks = [asyncio.create_task(hold((host, int(port)), source, text, gate, sent, answers)) for _ in range(count)]
    for _ in tasks:
        await sent.acquire()
    await asyncio.sleep(1)
    held = sum(not task.done() for task in tasks)
    print(
        json.dumps({"held": held, "answers": {str(status): number for status, number in sorted(answers.items())}}),
        flush=True,
    )
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


asyncio.run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4], sys.argv[5]))
