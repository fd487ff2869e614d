import { exclusionsOf } from "../../bin/commands/update/beforeUpdate";
import { checkLeftOut, ownerOf, readLeftOut, takePart } from "../../lib/rollout/leftOut";

const hosts = ["web-1", "web-10", "south", "south-2", "balancer"];

describe("hosts that an update leaves out", () => {
  it("are none unless they are named", () => {
    expect([
      readLeftOut({}),
      readLeftOut({ PORTICO_WITHOUT: "" }),
      readLeftOut({ PORTICO_WITHOUT: "web-1,south" }),
    ]).toEqual([[], [], ["web-1", "south"]]);
    expect(takePart([{ name: "web-1" }, { name: "web-2" }], ["web-1"])).toEqual([{ name: "web-2" }]);
  });

  it.each([
    ["web-1-stage", "web-1"],
    ["web-1", "web-1"],
    ["web-10-stage", "web-10"],
    ["south-2-ready", "south-2"],
    ["south-key", "south"],
    ["balancer-gate-web-1", "web-1"],
    ["balancer-confirm", "balancer"],
    ["authority-key", undefined],
    ["webhook", undefined],
  ])("own %s as far as its name says so", (resource, owner) => {
    expect(ownerOf(resource, hosts)).toBe(owner);
  });

  it("keep all of their resources, and only those", () => {
    const urns = ["web-1-stage", "web-10-stage", "balancer-gate-web-1", "balancer-stage"].map(
      (name) => `urn:pulumi:dev::portico::command:remote:Command::${name}`,
    );
    expect(exclusionsOf(["web-1"], hosts, urns)).toEqual(["--exclude", urns[0], "--exclude", urns[2]]);
    expect(exclusionsOf([], hosts, urns)).toEqual([]);
  });

  it("must not be a generation of the authority behind", () => {
    expect(() => checkLeftOut(["web-1"], 1, 2)).toThrow("authority.generation");
    for (const [previous, leftOut] of [
      [1, []],
      [2, ["web-1"]],
      [undefined, ["web-1"]],
    ] as [unknown, string[]][])
      expect(checkLeftOut(leftOut, previous, 2)).toEqual(leftOut);
  });
});
