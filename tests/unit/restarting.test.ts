import { restartAll } from "../../bin/commands/update/restarting";
import type { Hosts } from "../../bin/commands/hosts/hosts";
import { capturePrinted } from "../support/printed";

/** Hosts of which some do not answer, and a balancer that finds one of them bad; `calls` are what they were told. */
function fleet(silent: string[], bad = ""): { hosts: Hosts; calls: string[] } {
  const calls: string[] = [];
  const hosts = {
    balancer: "edge",
    applicationHosts: ["web-1", "web-2"],
    gateOf: (host: string) => ({ hosts: [host] }),
    findSilent: (names: string[]) =>
      Promise.resolve(
        names.filter((name) => silent.includes(name)).map((host) => ({ host, complaint: "No route to host" })),
      ),
    call: ([host]: [string], verb: string, input: { hosts?: string[] }) => {
      calls.push([host, verb, ...(input.hosts ?? [])].join(" "));
      return Promise.resolve([
        input.hosts?.includes(bad)
          ? { host, result: undefined, complaint: "gate: host got 502", unknown: false }
          : { host, result: { release: "abc", slot: "blue" }, complaint: "", unknown: false },
      ]);
    },
  };
  return { hosts: hosts as unknown as Hosts, calls };
}

const printed = capturePrinted();

test("one host after another restarts, each checked by the balancer before the next", async () => {
  const { hosts, calls } = fleet([]);
  expect(await restartAll(hosts, "prod", undefined)).toBe(0);
  expect(calls).toEqual(["web-1 restart", "edge gate web-1", "web-2 restart", "edge gate web-2"]);
});

test("without a balancer that answers all restart, and it is said who does not check them", async () => {
  const { hosts, calls } = fleet(["edge"]);
  expect(await restartAll(hosts, "prod", undefined)).toBe(3);
  expect(calls).toEqual(["web-1 restart", "web-2 restart"]);
  expect(printed.join("")).toContain("edge checks no host now: each is judged by its own checks alone");
});

test("a host that the balancer finds bad is the last one that is touched, and both are named", async () => {
  const { hosts, calls } = fleet([], "web-1");
  await expect(restartAll(hosts, "prod", undefined)).rejects.toThrow(
    "web-1: edge, which checks it: gate: host got 502\nportico: no other host was touched after it",
  );
  expect(calls).toEqual(["web-1 restart", "edge gate web-1"]);
});

test.each([
  [["web-1"], undefined, 3],
  [["web-1", "web-2"], undefined, 1],
  [["web-2"], "web-2", 1],
])("while %j do not answer, the exit code says so", async (silent, wanted, code) => {
  expect(await restartAll(fleet(silent).hosts, "prod", wanted)).toBe(code);
});

test("a host that runs no application is refused by its name", async () => {
  await expect(restartAll(fleet([]).hosts, "prod", "edge")).rejects.toThrow(
    "--host: got edge; allowed: web-1, web-2; name an application host; nothing was changed",
  );
});
