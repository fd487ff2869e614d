import { appendFileSync } from "node:fs";
import path from "node:path";
import { lockRequirements } from "../support/lockFile";
import { removeWorkspace, TestStack } from "../support/testStack";

jest.setTimeout(20 * 60 * 1000);

/** 64 MB of wheels; nothing imports them. */
const large = ["numpy", "pandas", "scipy"];
const hosts = ["web-1", "web-2"];
const stack = new TestStack();

beforeAll(async () => {
  await stack.create("planted-for-bytes");
  appendFileSync(path.join(stack.folder, "app/requirements.in"), `${large.join("\n")}\n`);
  lockRequirements(path.join(stack.folder, "app"));
  await update();
});
afterAll(() => removeWorkspace());

async function update(): Promise<string> {
  const { code, output } = await stack.up();
  if (code !== 0) throw new Error(output);
  return output;
}

/** What each host's network card has received, by its own counter: all of SSH is in it, and the health checks. */
function received(): number[] {
  return hosts.map((host) => Number(stack.onHost(host, "cat /sys/class/net/host0/statistics/rx_bytes")));
}

async function bytesOf(act: () => Promise<unknown>): Promise<number[]> {
  const before = received();
  await act();
  return received().map((after, index) => after - before[index]!);
}

/** What the host says came for its last release. */
function copied(host: string): number {
  const history = JSON.parse(stack.onHost(host, "portico-host history </dev/null")) as { copied: number }[];
  return history.at(-1)!.copied;
}

const wheelsOn = (host: string) => stack.onHost(host, "ls /home/admin/portico/wheels-*.tar").trim();

it("a release of one changed line brings a host less than 1 MB, with 64 MB of wheels in the lock", async () => {
  for (const host of hosts) expect(copied(host)).toBeGreaterThan(60e6);
  stack.appendToApp("portico_sample/__init__.py", "# One line more.\n");
  const bytes = await bytesOf(update);
  process.stdout.write(`a changed line: ${bytes.join(", ")} bytes received; copied ${hosts.map(copied).join(", ")}\n`);
  for (const each of bytes) expect(each).toBeLessThan(1e6);
  for (const host of hosts) expect(copied(host)).toBeLessThan(100e3);
});

it("an environment that somebody damaged gets its wheels again, though their archive is gone from the host", async () => {
  const place = wheelsOn("web-1");
  stack.onHost("web-1", `rm ${place}; rm /opt/portico/environments/*/lib/python3*/site-packages/numpy/__init__.py`);
  const bytes = await bytesOf(update);
  expect(bytes[0]).toBeGreaterThan(60e6);
  expect(bytes[1]).toBeLessThan(1e6);
  expect(wheelsOn("web-1")).toBe(place);
  const { code, output } = await stack.check();
  expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
});

it("another lock brings its wheels, and those of before go from where they were copied to", async () => {
  const before = wheelsOn("web-1");
  appendFileSync(path.join(stack.folder, "app/requirements.in"), "pytz\n");
  lockRequirements(path.join(stack.folder, "app"));
  await update();
  expect(wheelsOn("web-1")).not.toBe(before);
  expect(wheelsOn("web-1").split("\n")).toHaveLength(1);
});
