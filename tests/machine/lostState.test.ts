import { randomBytes } from "node:crypto";
import { renameSync, rmSync } from "node:fs";
import path from "node:path";
import { askAsStranger } from "../support/stranger";
import { lostIn, startLoad, type Target } from "../support/strictClient";
import { removeWorkspace, TestStack } from "../support/testStack";
import { TrialPlace } from "../support/trialPlace";
import { describeRunning } from "./settings/running";

/**
 * The engine's state is gone, the machines serve on: the next update has new keys for everything and an authority that the balancer
 * has never heard of.
 */
jest.setTimeout(10 * 60 * 1000);

const stack = new TestStack();
const plantedSecret = `planted-${randomBytes(16).toString("hex")}`;
let place: TrialPlace;
let visitor: Target;

beforeAll(async () => {
  await stack.create(plantedSecret);
  place = new TrialPlace(stack.folder);
  await stack.setSecret("certificateKey", place.read("first.key"));
  stack.change({
    "nginx.rateLimits.exempt": [stack.given("local.addressRange")],
    "site.domains": ["portico.internal"],
    "site.certificate": { leafFile: place.file("first.crt") },
  });
  const { code, output } = await stack.up();
  if (code !== 0) throw new Error(output);
  // From this computer's own end of the bridge: the network is made anew too, and further addresses go with that.
  visitor = { url: stack.url, ca: place.read("root.crt"), servername: "portico.internal" };
});
afterAll(() => removeWorkspace());

it("an update without the previous state succeeds and loses no request; no machine and no Nginx is restarted", async () => {
  const before = describeRunning(stack);
  renameSync(path.join(stack.stateFolder, "backend"), path.join(stack.folder, "previous-backend"));
  const load = startLoad({ ...visitor, connections: 8, pauseMs: 20, maxSeconds: 500, fresh: true });
  expect(await stack.up()).toMatchObject({
    code: 1,
    output: expect.stringContaining("take them over with new keys by bin/up") as string,
  });
  await stack.resetSecrets({ plantedSecret, certificateKey: place.read("first.key") });
  const { code, output } = await stack.adopt();
  const report = await load.stop();
  rmSync(path.join(stack.folder, "previous-backend"), { recursive: true });
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
  expect(lostIn(report)).toEqual([]);
  expect(output).toContain("the authority is a new one");
  const kept = (running: typeof before) =>
    Object.fromEntries(Object.entries(running).map(([name, { process, nginx }]) => [name, { process, nginx }]));
  expect(kept(describeRunning(stack))).toEqual(kept(before));
  process.stdout.write(
    `lost state: ${report.attempts} requests, ${report.failures.total} lost, slowest ${report.slowestMs} ms\n`,
  );
});

it("afterwards the balancer believes the new authority alone, hosts answer it alone, and the next update changes nothing", async () => {
  expect(askAsStranger(stack)).toBe("403");
  expect(stack.onHost("balancer", "grep -c BEGIN /etc/portico/tls/ca.crt").trim()).toBe("2");
  const { code, output } = await stack.up();
  expect(code).toBe(0);
  expect(output).toMatch(/Resources:\s+\d+ unchanged\n/);
});
