import * as net from "node:net";
import * as tls from "node:tls";
import { lostIn, startLoad } from "../support/strictClient";
import { ManualClock, turn } from "../support/clock";
import { answer, good, misbehavingServers, noFailures, runLoad } from "../support/strictClientServers";

const servers = misbehavingServers();

/** What was written to a connection of this computer is read by its other end within these turns of the event loop, which both share. */
async function arrival(): Promise<void> {
  for (let count = 0; count < 10; count += 1) await turn();
}

async function passPause(clock: ManualClock): Promise<void> {
  await clock.untilSomebodyWaits(40);
  clock.advance(40);
}

const noCloses = { announced: 0, idle: 0, idleResets: 0 };

describe.each(["http", "https"] as const)("over %s", (protocol) => {
  it("counts good answers on one kept connection, GET and POST in turn", async () => {
    const methods: string[] = [];
    const target = await servers.serve(protocol, (socket, { text }) => {
      methods.push(text.split(" ")[0] ?? "");
      expect(text).toContain("Host: portico.test\r\n");
      socket.write(good);
    });
    const report = await runLoad(target, { maxRequests: 4 });
    expect(report).toMatchObject({
      attempts: 4,
      succeeded: 4,
      connectionsOpened: 1,
      failures: noFailures,
      cleanCloses: noCloses,
    });
    expect(methods).toEqual(["GET", "POST", "GET", "POST"]);
    expect(report.evidence).toEqual([]);
    expect(lostIn(report)).toEqual([]);
  });

  it("gives each request its own mark, and counts an answer to another one", async () => {
    const paths: string[] = [];
    const target = await servers.serve(protocol, (socket, { text, number }) => {
      paths.push(text.split(" ")[1] ?? "");
      socket.write(answer(JSON.stringify({ mark: number === 2 ? "try-1" : `try-${number}` })));
    });
    const report = await runLoad(target, { maxRequests: 4, path: "/marked", marks: "try-" });
    expect(paths).toEqual(["/marked/try-0", "/marked/try-1", "/marked/try-2", "/marked/try-3"]);
    expect(report).toMatchObject({ succeeded: 3, failures: { total: 1, malformed: 1 } });
    expect(report.evidence).toMatchObject([{ mark: "try-2", what: "malformed: body: answers try-1, asked was try-2" }]);
  });

  it("counts an answer without the mark, JSON or not", async () => {
    const target = await servers.serve(protocol, (socket, { number }) => {
      socket.write(number === 0 ? good : answer("fine", "", "200 OK", "text/plain"));
    });
    const report = await runLoad(target, { maxRequests: 2, marks: "try-" });
    expect(report).toMatchObject({ succeeded: 0, failures: { total: 2, malformed: 2 } });
  });

  it("counts each other status by itself and keeps the connection", async () => {
    const statuses = ["500 Oops", "502 Bad Gateway", "500 Oops", "429 Slow Down", "302 Found"];
    const target = await servers.serve(protocol, (socket, { number }) => {
      socket.write(statuses[number] === undefined ? good : answer("no", "", statuses[number], "text/plain"));
    });
    const report = await runLoad(target);
    expect(report.failures).toEqual({ ...noFailures, total: 5, statuses: { 302: 1, 429: 1, 500: 2, 502: 1 } });
    expect(report).toMatchObject({ attempts: 10, succeeded: 5, connectionsOpened: 1 });
    expect(report.evidence[0]).toMatchObject({ connection: 0, method: "GET", what: "status 500" });
    expect(lostIn(report)).toHaveLength(5);
    expect(lostIn(report)[0]).toMatch(/^GET of connection 0 after \d+ ms: status 500$/);
  });

  it("counts a close before the answer, and never sends that request again", async () => {
    let received = 0;
    const target = await servers.serve(protocol, (socket, { number }) => {
      received += 1;
      if (number % 5 === 2) socket.end();
      else socket.write(good);
    });
    const report = await runLoad(target);
    expect(report.failures).toEqual({ ...noFailures, total: 2, brokenBeforeAnswer: 2 });
    expect(report).toMatchObject({ succeeded: 8, connectionsOpened: 3, cleanCloses: noCloses });
    expect(received).toBe(10);
  });

  it("counts a reset before the answer", async () => {
    const target = await servers.serve(protocol, (socket, { number }) => {
      if (number !== 3) socket.write(good);
      else if (socket instanceof tls.TLSSocket) socket.destroy();
      else socket.resetAndDestroy();
    });
    expect((await runLoad(target)).failures).toEqual({ ...noFailures, total: 1, brokenBeforeAnswer: 1 });
  });

  it.each([
    ["head", "HTTP/1.1 200 OK\r\nContent-"],
    ["body", "HTTP/1.1 200 OK\r\nContent-Length: 30\r\n\r\n{"],
    ["chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"],
    ["last chunk", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"],
  ])("counts an end within the %s", async (_part, text) => {
    const target = await servers.serve(protocol, (socket, { number }) => {
      if (number === 1) socket.end(text);
      else socket.write(good);
    });
    const report = await runLoad(target);
    expect(report.failures).toEqual({ ...noFailures, total: 1, brokenWithinAnswer: 1 });
    expect(report.succeeded).toBe(9);
  });

  it("counts an announced close apart, as no failure", async () => {
    const closing = answer("{}", "Connection: close\r\n");
    const target = await servers.serve(
      protocol,
      (socket, { number }) => void (number === 4 ? socket.end(closing) : socket.write(good)),
    );
    const report = await runLoad(target);
    expect(report).toMatchObject({
      succeeded: 10,
      failures: noFailures,
      connectionsOpened: 2,
      cleanCloses: { ...noCloses, announced: 1 },
    });
  });

  it("counts a close while idle apart, as no failure", async () => {
    const clock = new ManualClock();
    const target = await servers.serve(protocol, (socket, { number }) => {
      socket.write(good);
      void clock.untilSomebodyWaits(40).then(async () => {
        if (number === 2) await new Promise((resolve) => socket.once("close", resolve).end());
        await arrival();
        clock.advance(40);
      });
    });
    const report = await runLoad(target, { maxRequests: 5, pauseMs: 40, clock });
    expect(report).toMatchObject({
      succeeded: 5,
      failures: noFailures,
      connectionsOpened: 2,
      cleanCloses: { ...noCloses, idle: 1 },
    });
  });

  it("counts a request that crosses the close, unread by the server, as broken", async () => {
    let read = 0;
    const clock = new ManualClock();
    const target = await servers.serve(protocol, (socket, { number }) => {
      read += 1;
      socket.write(good);
      if (number === 0) socket.pause();
      void clock.untilSomebodyWaits(40).then(async () => {
        clock.advance(40);
        // The next request is under way by now.
        await arrival();
        if (number !== 0) return;
        socket.destroy();
        await passPause(clock);
      });
    });
    const report = await runLoad(target, { maxRequests: 3, pauseMs: 40, clock });
    expect(report.failures).toEqual({ ...noFailures, total: 1, brokenBeforeAnswer: 1 });
    expect(report.cleanCloses).toEqual(noCloses);
    expect(read).toBe(2);
  });

  it("reads chunks cut anywhere, with extensions and trailers", async () => {
    const text =
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n" +
      'F;x=1\r\n{"release":"two\r\n2\r\n"}\r\n0\r\nX-Sum: 1\r\n\r\n';
    const target = await servers.serve(protocol, (socket, { number }) => {
      const cut = (number * 17) % text.length;
      socket.write(text.slice(0, cut));
      setTimeout(() => socket.write(text.slice(cut)), 5);
    });
    const report = await runLoad(target);
    expect(report).toMatchObject({
      succeeded: 10,
      failures: noFailures,
      connectionsOpened: 1,
      releases: { two: { count: 10 } },
    });
  });

  it("takes an answer without length until the close as whole", async () => {
    const target = await servers.serve(protocol, (socket) => socket.end("HTTP/1.1 200 OK\r\n\r\nhello"));
    const report = await runLoad(target, { maxRequests: 3 });
    expect(report).toMatchObject({
      succeeded: 3,
      failures: noFailures,
      connectionsOpened: 3,
      cleanCloses: { announced: 3 },
    });
  });

  it.each([
    ["a broken status line", "HTTP/2 200\r\n\r\n"],
    ["length and coding", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"],
    ["a bad chunk size", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n"],
    ["two lengths", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na"],
    ["bytes after the answer", `${good}x`],
    ["JSON that is none", answer("{")],
  ])("counts %s as malformed", async (_what, text) => {
    const target = await servers.serve(protocol, (socket, { number }) => void socket.write(number === 0 ? text : good));
    const report = await runLoad(target, { maxRequests: 3 });
    expect(report.failures).toEqual({ ...noFailures, total: 1, malformed: 1 });
  });

  it("counts bytes that answer no request as malformed", async () => {
    const clock = new ManualClock();
    const target = await servers.serve(protocol, (socket, { number }) => {
      socket.write(good);
      void clock.untilSomebodyWaits(40).then(async () => {
        if (number === 0) socket.write(good);
        await arrival();
        clock.advance(40);
        // The fault is followed by a pause of its own.
        if (number === 0) await passPause(clock);
      });
    });
    const report = await runLoad(target, { maxRequests: 3, pauseMs: 40, clock });
    expect(report.failures).toEqual({ ...noFailures, total: 1, malformed: 1 });
    expect(report.attempts).toBe(3);
  });

  it("reports the slowest answer and gives up on one that does not come", async () => {
    const clock = new ManualClock();
    const target = await servers.serve(protocol, (socket, { number }) => {
      clock.advance([10, 150, 400, 20][number]!);
      if (number !== 2) socket.write(good);
    });
    const report = await runLoad({ ...target, answerTimeoutMs: 400, clock }, { maxRequests: 4 });
    expect(report.failures).toEqual({ ...noFailures, total: 1, answerTimeout: 1 });
    expect(report).toMatchObject({ slowestMs: 150, medianMs: 20, seconds: 0.58 });
    expect(lostIn(report)).toEqual(["GET of connection 0 after 560 ms: answerTimeout: no whole answer in 400 ms"]);
  });
});

describe("the course of a load", () => {
  it("notes releases and hosts with first and last time over all connections", async () => {
    const target = await servers.serve("http", (socket, { number, connection }) => {
      const release = number < 20 ? "one" : "two";
      setTimeout(() => socket.write(answer(JSON.stringify({ release, host: `web-${connection % 2}` }))), 2);
    });
    const report = await runLoad(target, { connections: 4, maxRequests: 40 });
    expect(report.releases["one"]?.count).toBe(20);
    expect(report.releases["two"]?.count).toBe(20);
    expect(report.releases["two"]?.firstMs).toBeGreaterThanOrEqual(report.releases["one"]?.firstMs ?? Infinity);
    expect(report.releases["two"]?.lastMs).toBeGreaterThanOrEqual(report.releases["one"]?.lastMs ?? Infinity);
    expect(Object.keys(report.hosts).sort()).toEqual(["web-0", "web-1"]);
    expect(report.connectionsOpened).toBe(4);
  });

  it("lets requests under way finish when it is stopped", async () => {
    const held: net.Socket[] = [];
    const target = await servers.serve("http", (socket) => void held.push(socket));
    const load = startLoad({ ...target, connections: 3 });
    while (held.length < 3) await turn();
    expect(load.snapshot().attempts).toBe(0);
    const stopped = load.stop();
    held.forEach((socket) => socket.write(good));
    const report = await stopped;
    expect(report).toMatchObject({ attempts: 3, succeeded: 3, failures: noFailures });
    expect(await load.stop()).toBe(report);
  });

  it("ends by itself in time, a long pause included", async () => {
    const clock = new ManualClock();
    const target = await servers.serve("http", (socket) => void socket.write(good));
    const ended = runLoad(target, { maxSeconds: 0.2, pauseMs: 5000, clock });
    await clock.untilSomebodyWaits(200);
    clock.advance(200);
    expect(await ended).toMatchObject({ succeeded: 1, seconds: 0.2 });
  });
});
