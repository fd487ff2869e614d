import type * as net from "node:net";
import { ManualClock } from "../support/clock";
import { slowRequest } from "../support/strictClient";
import { answer, misbehavingServers } from "../support/strictClientServers";

const servers = misbehavingServers();

describe("slowRequest", () => {
  const slowAnswer = answer('{"seconds":0.1,"host":"web-1","release":"one","pid":7}');

  it("returns what a whole, late answer says", async () => {
    const clock = new ManualClock();
    const target = await servers.serve("https", (socket, { text }) => {
      expect(text).toMatch(/^POST \/slow\?seconds=0\.1 HTTP\/1\.1\r\n/);
      clock.advance(110);
      socket.write(slowAnswer);
    });
    expect(await slowRequest({ ...target, clock }, 0.1, "POST")).toMatchObject({
      milliseconds: 110,
      host: "web-1",
      release: "one",
      pid: 7,
    });
  });

  it.each([
    ["an early answer", (socket: net.Socket) => void socket.write(slowAnswer), /got an answer after/],
    [
      "another status",
      (socket: net.Socket) => void socket.write(answer("no", "", "502 Bad Gateway")),
      /got status 502: no/,
    ],
    ["a cut answer", (socket: net.Socket) => void socket.end(slowAnswer.slice(0, -3)), /end of connection/],
  ])("throws at %s", async (_what, behave, message) => {
    const target = await servers.serve("https", behave);
    await expect(slowRequest({ ...target, clock: new ManualClock() }, 0.1)).rejects.toThrow(message);
  });
});
