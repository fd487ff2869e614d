import { setTimeout as wait } from "node:timers/promises";
import { ask } from "../../support/ask";
import { lostIn, startLoad, type Report } from "../../support/strictClient";
import { clients, type TestStack } from "../../support/testStack";

const webHosts = ["web-1", "web-2"];
/** What is promised for a host that does not answer, and for one that answers again. */
const promisedSeconds = 10;

interface Watched {
  hosts: Record<string, { serves: boolean; answers: boolean; last: string; drained: { why: string } | null }>;
  servingThoughNoneAnswers: boolean;
  applied: boolean;
}

async function watchedBy(stack: TestStack): Promise<Watched> {
  return (JSON.parse(await stack.onHostMeanwhile("balancer", "portico-host status")) as { watch: Watched }).watch;
}

async function signal(stack: TestStack, machine: string, name: "STOP" | "CONT", units: string): Promise<void> {
  await stack.onHostMeanwhile(machine, `systemctl kill --signal=${name} --kill-whom=all '${units}'`);
}

const application = "portico-app@*.service";
const nginx = "portico-nginx.service";

/**
 * Waits until a host serves, or does not, and Nginx has the list that says so. Answers when somebody last began to look and did not
 * find it so, in seconds: how long a look takes is a matter of this computer.
 */
async function secondsUntil(stack: TestStack, machine: string, serves: boolean): Promise<number> {
  const began = performance.now();
  for (let seconds = 0; ;) {
    const asked = performance.now();
    const { applied, hosts } = await watchedBy(stack);
    if (applied && hosts[machine]!.serves === serves) return seconds;
    seconds = (asked - began) / 1000;
    if (seconds > 60)
      throw new Error(`${machine} ${serves ? "does not serve" : "serves"} after a minute: ${JSON.stringify(hosts)}`);
    await wait(100);
  }
}

const connections = 12;

/** Nothing was lost but what waited in a host that hung, one request of a connection at most: answered 503, to come again. */
function expectOnlyWaiting(report: Report): void {
  expect(lostIn(report).filter((line) => !line.endsWith("status 503"))).toEqual([]);
  expect(report.failures.total).toBeLessThanOrEqual(connections);
}

/** What may be sent again is lost by no fault of one host. */
function expectNoLostGet(report: Report): void {
  expect(report.failures.total).toBeLessThanOrEqual(connections);
  expect(report.evidence.filter(({ method }) => method === "GET")).toEqual([]);
}

async function underLoad(stack: TestStack, act: () => Promise<void>): Promise<Report> {
  const load = startLoad({ ...stack.target("load"), connections, pauseMs: 50 });
  await wait(1000);
  await act();
  await wait(1000);
  return load.stop();
}

/** Calls the host program on the balancer as an operator's command does. */
async function operate(
  stack: TestStack,
  verb: "drain" | "resume",
  host: string,
  why: string,
): Promise<{ out: boolean; serving: string[] }> {
  return JSON.parse(await stack.onHostMeanwhile("balancer", `portico-host ${verb}`, JSON.stringify({ host, why }))) as {
    out: boolean;
    serving: string[];
  };
}

function hostsAnswering(report: Report): string[] {
  return Object.keys(report.hosts).sort();
}

export function describeHealthCheck(stack: TestStack): void {
  describe("the balancer's health check", () => {
    it("keeps out a host whose application hangs, and takes it back when it answers, each within ten seconds", async () => {
      const since = stack.onHost("balancer", "date +%s").trim();
      let meanwhile: Report | undefined;
      const report = await underLoad(stack, async () => {
        await signal(stack, "web-1", "STOP", application);
        try {
          expect(await secondsUntil(stack, "web-1", false)).toBeLessThan(promisedSeconds);
          meanwhile = await underLoad(stack, async () => undefined);
          expect((await watchedBy(stack)).hosts["web-1"]).toMatchObject({
            serves: false,
            answers: false,
            last: expect.stringMatching(/no answer/),
          });
        } finally {
          await signal(stack, "web-1", "CONT", application);
        }
        expect(await secondsUntil(stack, "web-1", true)).toBeLessThan(promisedSeconds);
      });
      expect(hostsAnswering(meanwhile!)).toEqual(["web-2"]);
      expect(lostIn(meanwhile!)).toEqual([]);
      expectOnlyWaiting(report);
      const lines = stack.onHost("balancer", `journalctl --unit=portico-watch.service --since=@${since} --output=cat`);
      expect(lines).toMatch(/web-1 \([\d.]+\) does not answer: no answer within 2 s; serving: web-2\n/);
      expect(lines).toMatch(/web-1 \([\d.]+\) answers again: 200 .*; serving: web-1, web-2\n/);
    });

    it("leaves all in when none answers: nobody gets an instant 502, and all are served when they wake up", async () => {
      const report = await underLoad(stack, async () => {
        await Promise.all(webHosts.map((machine) => signal(stack, machine, "STOP", application)));
        let seen = await watchedBy(stack);
        for (let turn = 0; turn < 60 && !seen.servingThoughNoneAnswers; turn += 1) {
          await wait(500);
          seen = await watchedBy(stack);
        }
        const early = await Promise.all(
          Array.from({ length: 4 }, () => ask(stack, "/whoami", "--max-time", "2", "--interface", clients.load)),
        );
        await Promise.all(webHosts.map((machine) => signal(stack, machine, "CONT", application)));
        expect(seen).toMatchObject({
          servingThoughNoneAnswers: true,
          hosts: { "web-1": { serves: true }, "web-2": { serves: true } },
        });
        expect(early.map(({ status }) => status)).toEqual([0, 0, 0, 0]);
        for (const machine of webHosts) await secondsUntil(stack, machine, true);
      });
      expectOnlyWaiting(report);
    });

    it("a standstill of all hosts' Nginx for five seconds is over when they go on, and loses nothing but what they had begun to pass on", async () => {
      const report = await underLoad(stack, async () => {
        await Promise.all(webHosts.map((machine) => signal(stack, machine, "STOP", nginx)));
        await wait(5000);
        await Promise.all(webHosts.map((machine) => signal(stack, machine, "CONT", nginx)));
      });
      // What Nginx was just passing on when it stopped is five seconds late for the application, which refuses it.
      expectOnlyWaiting(report);
      expect(report.slowestMs).toBeLessThan(15_000);
    });

    it("a standstill of one host's Nginx loses no GET: what waits on its connections goes to the other host", async () => {
      const report = await underLoad(stack, async () => {
        await signal(stack, "web-1", "STOP", nginx);
        try {
          await secondsUntil(stack, "web-1", false);
          const { hosts } = await underLoad(stack, async () => undefined);
          expect(Object.keys(hosts)).toEqual(["web-2"]);
        } finally {
          await signal(stack, "web-1", "CONT", nginx);
        }
        await secondsUntil(stack, "web-1", true);
      });
      expectNoLostGet(report);
    });

    it("hosts that reload their Nginx all at once, again and again, lose nothing", async () => {
      const report = await underLoad(stack, async () => {
        for (let turn = 0; turn < 10; turn += 1) {
          await Promise.all(
            webHosts.map((host) => stack.onHostMeanwhile(host, "systemctl reload portico-nginx.service")),
          );
          await wait(300);
        }
      });
      expect(lostIn(report)).toEqual([]);
    });

    it("what the application answers takes no host out: eight times 503, and all else goes on", async () => {
      const restore = stack.appendToApp(
        "portico_sample/__init__.py",
        '\napp.add_url_rule("/feature", "feature", lambda: ("not now", 503))\n',
      );
      const { code, output } = await stack.up();
      restore();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      const report = await underLoad(stack, async () => {
        for (let turn = 0; turn < 8; turn += 1)
          expect(await ask(stack, "/feature", "--interface", clients.load)).toMatchObject({
            status: 503,
            body: "not now",
          });
        expect((await ask(stack, "/", "--interface", clients.load)).status).toBe(200);
      });
      expect(lostIn(report)).toEqual([]);
      expect(hostsAnswering(report)).toEqual(webHosts);
    });

    it("an operator takes a host out and back six times without a lost request; its mark outlives the health check", async () => {
      const report = await underLoad(stack, async () => {
        for (let turn = 0; turn < 6; turn += 1) {
          expect(await operate(stack, "drain", "web-1", "new memory")).toEqual({
            host: "web-1",
            out: true,
            serving: ["web-2"],
          });
          if (turn === 0) {
            await stack.onHostMeanwhile("balancer", "systemctl restart portico-watch.service; sleep 3");
            expect((await watchedBy(stack)).hosts["web-1"]).toMatchObject({
              serves: false,
              answers: true,
              drained: { why: "new memory" },
            });
            expect(JSON.parse(await stack.onHostMeanwhile("balancer", "portico-host check"))).toMatchObject({
              differences: [],
              problems: [],
            });
            await expect(operate(stack, "drain", "web-2", "too much")).rejects.toThrow(
              /allowed: a host beside which another one answers/,
            );
          }
          expect(await operate(stack, "resume", "web-1", "done")).toEqual({
            host: "web-1",
            out: false,
            serving: webHosts,
          });
        }
      });
      expect(lostIn(report)).toEqual([]);
    });

    it("streams to other hosts go on while one is taken out", async () => {
      const streams = Array.from({ length: 4 }, () => ask(stack, "/events?count=12", "--interface", clients.load));
      await wait(2000);
      await operate(stack, "drain", "web-1", "new memory");
      await operate(stack, "resume", "web-1", "done");
      expect((await Promise.all(streams)).map(({ body }) => body.match(/^data:/gm)?.length)).toEqual([12, 12, 12, 12]);
    });

    it("a host that lost its power is out within ten seconds, and the next up brings it back", async () => {
      const report = await underLoad(stack, async () => {
        await stack.powerOff("web-2");
        expect(await secondsUntil(stack, "web-2", false)).toBeLessThan(promisedSeconds);
      });
      // Of the requests that were under way there, those that may not be sent again are gone; what came after is not.
      expectNoLostGet(report);
      const { code, output } = await stack.up();
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      stack.addClients();
      await secondsUntil(stack, "web-2", true);
      expect(hostsAnswering(await underLoad(stack, async () => undefined))).toEqual(webHosts);
    });
  });
}
