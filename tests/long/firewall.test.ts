import { randomBytes } from "node:crypto";
import { describeFirewall } from "../machine/scenarios/firewall";
import { lostIn, startLoad } from "../support/strictClient";
import { removeWorkspace, TestStack } from "../support/testStack";

/** Rules that keep the deployer out, under load: nobody is asked, and the host lets in again. */
jest.setTimeout(20 * 60 * 1000);

const stack = new TestStack();
const hosts = ["balancer", "web-1", "web-2"];

beforeAll(async () => {
  await stack.create(`planted-${randomBytes(16).toString("hex")}`);
  const { code, output } = await stack.up();
  if (code !== 0) throw new Error(output);
  stack.addClients();
});
afterAll(() => removeWorkspace());

describeFirewall(stack);

it("rules that keep the deployer out are taken back by each host, and come about only when they are staged anew", async () => {
  const restore = stack.change({ "firewall.sshRanges": ["192.0.2.0/24"] });
  const load = startLoad({ ...stack.target("load"), connections: 4, pauseMs: 50, maxSeconds: 1200 });
  const failed = await stack.up();
  expect(failed.code).not.toBe(0);
  expect(failed.output).toMatch(
    /the end of a trial of its firewall, through which nobody logged in, took this host back/,
  );
  restore();
  const again = await stack.up();
  expect({ code: again.code, output: again.code === 0 ? "" : again.output }).toEqual({ code: 0, output: "" });
  const report = await load.stop();
  process.stdout.write(`${report.attempts} requests, ${report.failures.total} lost, slowest ${report.slowestMs} ms\n`);
  expect(lostIn(report)).toEqual([]);
  expect(await stack.check()).toMatchObject({
    code: 0,
    stdout: hosts.map((host) => `portico: ${host}: as it should be\n`).join(""),
  });
  const { stdout } = await stack.history();
  expect(stdout).toMatch(/expire .*went back .*not confirmed in time/);
});
