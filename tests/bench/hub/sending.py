"""Benches that send to a hub over real HTTP, as one process of its own: signed requests, one line each to keep alive.

Statements are signed before the clock starts; a request is signed when it is sent, for its nonce comes with the answer
before. Run as a program it reads its order as a line of JSON from stdin, says `signed`, waits for a line, and prints
what came of it as JSON.
"""

import asyncio
import base64
import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from certificates.envelope import MEDIA_TYPE
from certificates.exchange import sign_request
from certificates.keys import SigningKey
from tests.hub.bench import Bench, machine

HURRY_S = 30.0  # for one answer


@dataclass(frozen=True, slots=True)
class Order:
    """Which benches (seeds of their keys, hex) send how much: a rate for all together, or as fast as it goes."""

    host: str
    port: int
    url: str
    seeds: list[str]
    seqs: list[int]  # the place after which each bench goes on
    prevs: list[str]
    each: int  # statements of each bench
    batch: int  # 1: one by one
    seconds: float  # at most
    rate: float = 0.0  # statements a second of all together; 0: as fast as it goes
    lines: int = 1  # of each bench at a time


@dataclass(slots=True)
class Came:
    """What came of it: ids that were acknowledged, milliseconds of each request, what was refused, heads."""

    acknowledged: list[str] = field(default_factory=list)
    took_ms: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    cpu_s: float = 0.0
    seqs: list[int] = field(default_factory=list)
    prevs: list[str] = field(default_factory=list)


class Line:
    """One connection that is kept open."""

    def __init__(self, order: Order) -> None:
        self._order = order
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def ask(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        """Status, nonce and body of the answer."""
        if self._writer is None or self._reader is None:
            self._reader, self._writer = await asyncio.open_connection(self._order.host, self._order.port)
        told = {"Host": "hub", "Content-Length": str(len(body)), **headers}
        head = "".join(f"{name}: {value}\r\n" for name, value in told.items())
        self._writer.write(f"{method} {path} HTTP/1.1\r\n{head}\r\n".encode() + body)
        async with asyncio.timeout(HURRY_S):
            lines = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
            found = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
            answer = await self._reader.readexactly(int(found.get("content-length", "0")))
        return int(lines[0].split(" ")[1]), found.get("etabli-nonce", ""), answer

    def close(self) -> None:
        if self._writer is not None:
            self._writer.close()
        self._writer = self._reader = None


class Sending:
    """One bench."""

    def __init__(self, order: Order, number: int, came: Came) -> None:
        self._order, self._came, self._line = order, came, Line(order)
        self.bench = Bench(None, order.url, f"banc {number}")
        self.bench.key = SigningKey.from_seed(bytes.fromhex(order.seeds[number]), demo=False)
        self.bench.seq, self.bench.prev = order.seqs[number], order.prevs[number]
        self.signed = [self._statement(number) for _ in range(order.each)]
        self._nonce = ""

    def _statement(self, number: int) -> tuple[str, bytes]:
        serial = f"B{number}-{self.bench.seq:07d}"
        envelope = self.bench.erasure(serial=serial, machine=machine(f"PF-{serial}"), operator="p-operator")
        return envelope.id, envelope.data

    async def send(self, begin: float, every_s: float) -> None:
        """Send everything in its order, each at its time where there is one, until the time is over."""
        step = self._order.batch
        for at in range(0, len(self.signed), step):
            due = begin + at * every_s
            if every_s:
                await asyncio.sleep(max(0.0, due - time.monotonic()))
            sent = due if every_s else time.monotonic()
            if sent - begin > self._order.seconds:
                self._leave(at)
                return
            await self._send(self.signed[at : at + step])
            self._came.took_ms.append((time.monotonic() - sent) * 1000)
        self._line.close()

    def _leave(self, at: int) -> None:
        """Forget what was signed and not sent: the chain ends where the hub has it."""
        self.bench.prev = self.signed[at - 1][0] if at else self._order.prevs[0]
        self.bench.seq -= len(self.signed) - at
        self._line.close()

    async def _send(self, some: list[tuple[str, bytes]]) -> None:
        try:
            status, answer = await self._request(some)
        except (OSError, EOFError, asyncio.IncompleteReadError, TimeoutError) as error:
            self._came.errors.append(type(error).__name__)
            self._line.close()
            self._nonce = ""
            return
        results = answer.get("results") or [{"status": status, **answer}]
        for (statement_id, _), one in zip(some, results, strict=True):
            if one["status"] == 201 and one["receipt"]["id"] == statement_id:
                self._came.acknowledged.append(statement_id)
            else:
                self._came.errors.append(json.dumps(one)[:200])

    async def _request(self, some: list[tuple[str, bytes]]) -> tuple[int, Any]:
        if not self._nonce:
            _, _, answer = await self._line.ask("GET", "/api/v1/nonce", {}, b"")
            self._nonce = json.loads(answer)["nonce"]
        method, path, kind, body = "PUT", f"/api/v1/statements/{some[0][0]}", MEDIA_TYPE, some[0][1]
        if self._order.batch > 1:
            method, path, kind = "POST", "/api/v1/statements", "application/json"
            body = json.dumps({"envelopes": [data.decode() for _, data in some]}).encode()
        headers = sign_request(self.bench.key, method, self._order.url + path, body, self._nonce)
        status, self._nonce, answer = await self._line.ask(method, path, headers | {"Content-Type": kind}, body)
        return status, json.loads(answer)


async def send_all(order: Order, ready: Callable[[], object]) -> Came:
    """Let every bench send, all at the same time, as soon as `ready` comes back: everything is signed by then."""
    came = Came()
    benches = [Sending(order, number, came) for number in range(len(order.seeds))]
    ready()
    every_s = len(benches) / order.rate if order.rate else 0.0
    begin, cpu = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF)
    starts = [begin + every_s * number / len(benches) for number in range(len(benches))]
    await asyncio.gather(*(bench.send(start, every_s) for bench, start in zip(benches, starts, strict=True)))
    used = resource.getrusage(resource.RUSAGE_SELF)
    came.seconds = time.monotonic() - begin
    came.cpu_s = used.ru_utime + used.ru_stime - cpu.ru_utime - cpu.ru_stime
    came.seqs, came.prevs = [each.bench.seq for each in benches], [each.bench.prev for each in benches]
    return came


def raw_verifications(seconds: float) -> float:
    """Ed25519 verifications of such statements for each second of one core: nothing but the signature."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    from certificates.envelope import pae, parse_envelope

    bench = Bench(None, "http://hub", "banc")
    parts = parse_envelope(bench.erasure(machine=machine()).data)
    key, message = Ed25519PublicKey.from_public_bytes(bench.key.public.raw), pae(parts.payload_type, parts.body)
    count, begin = 0, time.process_time()
    while (used := time.process_time() - begin) < seconds:
        for _ in range(200):
            key.verify(parts.signature, message)
        count += 200
    return count / used


def digest_of(ids: list[str]) -> str:
    """One word for a set of statement ids."""
    return base64.b64encode(hashlib.sha256("".join(sorted(ids)).encode()).digest()).decode()


def wait_for_word() -> None:
    """Say that everything is signed, and wait for one line."""
    print("signed", flush=True)
    sys.stdin.readline()


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(send_all(Order(**json.loads(sys.stdin.readline())), wait_for_word)))))
