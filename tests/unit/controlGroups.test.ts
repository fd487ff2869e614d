import { canLimitUnits } from "../../bin/commands/update/controlGroups";

const line = (mount: string, kind: string, options: string) =>
  `30 24 0:26 / ${mount} rw,nosuid shared:9 - ${kind} ${kind} rw,${options}`;
const unified = line("/sys/fs/cgroup", "cgroup2", "nsdelegate");
const hybrid = [
  line("/sys/fs/cgroup/memory", "cgroup", "memory"),
  line("/sys/fs/cgroup/pids", "cgroup", "pids"),
  line("/sys/fs/cgroup/unified", "cgroup2", ""),
].join("\n");

describe("limits of units", () => {
  it.each([
    ["control groups of version 2", unified, "cpuset cpu io memory pids\n", true],
    ["version 2 without the memory controller", unified, "cpu pids\n", false],
    ["version 2 without the task controller", unified, "cpu io memory\n", false],
    ["version 1 that has all controllers, beside an empty version 2", hybrid, "\n", false],
    ["version 1 alone", line("/sys/fs/cgroup/memory", "cgroup", "memory"), "memory pids\n", false],
    ["no control groups at all", "", "memory pids\n", false],
  ])("act or not with %s", (_name, mountinfo, controllers, expected) => {
    expect(canLimitUnits(mountinfo, () => controllers)).toBe(expected);
  });

  it("looks where version 2 is mounted", () => {
    const asked: string[] = [];
    canLimitUnits(hybrid, (mount) => (asked.push(mount), ""));
    expect(asked).toEqual(["/sys/fs/cgroup/unified"]);
  });
});
