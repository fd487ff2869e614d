import { servingLine } from "../../bin/commands/update/revertHosts";
import type { HostStatus } from "../../lib/rollout/operations";

const status = (release: string | null): HostStatus => ({ current: { key: `key-of-${release}`, release }, good: [] });

it("what serves after a failed update is said release by release, in one line", () => {
  const reports = [
    { host: "balancer", status: status(null) },
    { host: "web-1", status: status("r1") },
    { host: "web-2", status: status("r2") },
    { host: "web-3", status: status("r1") },
    { host: "web-4", status: undefined },
  ];
  expect(servingLine(reports, "dev")).toBe(
    "portico: what serves now: web-1, web-3 with release r1; web-2 with release r2; mend the cause above and run bin/up dev again\n",
  );
});

it("nothing is said where no host has an application", () => {
  expect(servingLine([{ host: "web-1", status: { current: null, good: [] } }], "dev")).toBe("");
});
