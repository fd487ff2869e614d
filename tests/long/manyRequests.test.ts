/** A long day in little time: releases, reloads, recycled workers, and in the end a host that is gone, all under one load. */
import { setTimeout as wait } from "node:timers/promises";
import { removeWorkspace, TestStack } from "../support/testStack";
import { type Load, lostIn, type Report, startLoad } from "../support/strictClient";
import { appFile, bringUp, changeApp, problemsOf, webHosts } from "../machine/fleet/support";

/** Of each method at least. The environment makes a run shorter; docs/releases.md has the figures of the whole one. */
const requests = Number(process.env.PORTICO_TEST_REQUESTS ?? 50_000);
const releases = Number(process.env.PORTICO_TEST_RELEASES ?? 20);
const reloads = Number(process.env.PORTICO_TEST_RELOADS ?? 10);
/** The host is lost when so many of the requests are through. */
const lostAfter = 0.9;
const lostHost = "web-2";
const limitMinutes = 60;

jest.setTimeout(limitMinutes * 60 * 1000);

const stack = new TestStack({
  // A worker ends after some seconds of this load.
  gunicorn: { maxRequests: 200, maxRequestsJitter: 50 },
  app: { keepReleases: 3 },
  local: { webMachines: 3 },
});

/** Answers each request by its own mark, after a while as if a database was asked: some are always under way on each host. */
const markedRoute = `
import time

from flask import jsonify

from .request_facts import facts


@app.route("/marked/<mark>", methods=["GET", "POST"])
def marked(mark: str) -> Response:
    time.sleep(0.1)
    return jsonify({**facts(), "mark": mark})
`;

beforeAll(async () => {
  await stack.create("planted-for-many-requests");
  stack.appendToApp(appFile, markedRoute);
  await bringUp(stack);
  stack.addClients();
});
afterAll(() => removeWorkspace());

function startMarked(method: "GET" | "POST"): Load {
  const course = { connections: 20, pauseMs: 50, maxSeconds: limitMinutes * 60 };
  return startLoad({ ...stack.target("load"), ...course, methods: [method], path: "/marked", marks: `${method}-` });
}

async function untilAnswered(loads: Load[], count: number): Promise<void> {
  while (loads.some((load) => load.snapshot().attempts < count)) await wait(1000);
}

/** Reloads of the balancer's Nginx: each change of its hosts is one. */
async function takeOutAndBack(host: string): Promise<void> {
  const why = JSON.stringify({ host, why: "a reload" });
  for (const verb of ["drain", "resume"]) await stack.onHostMeanwhile("balancer", `portico-host ${verb}`, why);
}

/** All hosts at once, while a release goes on. */
async function reloadHosts(): Promise<void> {
  await wait(5000);
  await Promise.all(webHosts.map((host) => stack.onHostMeanwhile(host, "systemctl reload portico-nginx.service")));
}

async function releaseAndReload(): Promise<void> {
  for (let turn = 1; turn <= releases; turn += 1) {
    const restore = changeApp(stack, `release ${turn}`);
    const withReload = Math.floor((turn * reloads) / releases) > Math.floor(((turn - 1) * reloads) / releases);
    await Promise.all([bringUp(stack), withReload ? reloadHosts() : undefined]);
    if (withReload) await takeOutAndBack(webHosts[turn % webHosts.length]!);
    restore();
  }
}

/** grep exits with 1 where it finds nothing; more is a log that it could not read. */
const orNothing = "|| test $? -eq 1";

const recycled = (host: string) =>
  Number(
    stack.onHost(host, `journalctl --unit='portico-app@*.service' | grep -c 'Autorestarting worker' ${orNothing}`),
  );

const inBalancerLog = (pattern: string) =>
  stack.onHost("balancer", `grep -hE '${pattern}' /var/log/portico/access.log* ${orNothing}`).trim();

/**
 * What failed for another reason than the loss of the host. A POST goes out after a handshake of its own, which the log has
 * the time of: where it has one with the lost host, and the failure came after the loss, the request was there when it died.
 */
function unexplained({ evidence }: Report, lostMs: number): string[] {
  const address = stack.url.replace("https://", "").replace(/\.10$/, ".12");
  const sentThere = new RegExp(`"upstream":"${address}:8443",.*"upstream_connect_seconds":"[0-9.]+"`);
  return evidence
    .map(({ mark, atMs, what }) => ({ mark, atMs, what, line: inBalancerLog(`"path":"/marked/${mark}"`) }))
    .filter(({ atMs, line }) => atMs < lostMs || !sentThere.test(line))
    .map(({ mark, atMs, what, line }) => `${mark} after ${atMs} ms, host lost after ${lostMs} ms: ${what}\n${line}`);
}

it(`${requests} POST and GET each through ${releases} releases, ${reloads} reloads and the loss of a host: lost is what was under way there`, async () => {
  const began = performance.now();
  const loads = [startMarked("GET"), startMarked("POST")];
  await releaseAndReload();
  await untilAnswered(loads, requests * lostAfter);
  const workers = webHosts.map(recycled);
  const lostMs = performance.now() - began;
  await stack.powerOff(lostHost);
  await untilAnswered(loads, requests);
  const [gets, posts] = (await Promise.all(loads.map((load) => load.stop()))) as [Report, Report];
  for (const [name, report] of Object.entries({ GET: gets, POST: posts }))
    process.stdout.write(
      `${name}: ${report.attempts} in ${report.seconds} s, ${report.failures.total} lost, median ${report.medianMs} ms, p99 ${report.p99Ms} ms, slowest ${report.slowestMs} ms, ${Object.keys(report.releases).length} releases\n`,
    );
  process.stdout.write(`workers recycled: ${workers.join(", ")}\n${lostIn(posts).join("\n")}\n`);
  expect(lostIn(gets)).toEqual([]);
  expect(posts.failures.total).toBe(posts.evidence.length);
  expect(unexplained(posts, lostMs)).toEqual([]);
  expect(Object.keys(posts.releases)).toHaveLength(releases + 1);
  for (const each of workers) expect(each).toBeGreaterThan(0);
  // What went out to one host never went to a second one: a connection that was made has a time.
  expect(inBalancerLog('"method":"POST".*"upstream_connect_seconds":"[0-9.]+, [0-9.]+')).toBe("");
  for (const host of webHosts.filter((name) => name !== lostHost)) expect(problemsOf(stack, host)).toEqual([]);
});
