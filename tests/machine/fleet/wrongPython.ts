import { lostIn } from "../../support/strictClient";
import type { TestStack } from "../../support/testStack";
import { perform, problemsOf, statusOf, underLoad, webHosts } from "./support";

const foreignRelease = "0123456789ab";

/** Copies a release archive and says of the copy that its wheels are for another Python. */
const makeForeign = `
import io, json, sys, tarfile
source, target, release = sys.argv[1:]
with tarfile.open(source) as old, tarfile.open(target, "w:gz") as new:
    for member in old:
        content = old.extractfile(member).read() if member.isreg() else b""
        if member.name == "release.json":
            facts = json.loads(content)
            foreign = [{**target, "python": "3.11"} for target in facts["targets"]]
            content = json.dumps({**facts, "id": release, "targets": foreign}).encode()
            member.size = len(content)
        new.addfile(member, io.BytesIO(content))
`;

export function describeWrongPython(stack: TestStack): void {
  describe("a release for another Python", () => {
    it("is refused by every host when the platform is not what its image has, and nothing changes", async () => {
      const before = webHosts.map((host) => statusOf(stack, host));
      const restore = stack.edit("lib/hosts/platforms.ts", (content) =>
        content.replace('python: "3.13", nginx', 'python: "3.11", nginx'),
      );
      const { result, report } = await underLoad(stack, () => stack.up());
      restore();
      expect(result.code).not.toBe(0);
      expect(result.output).toContain(
        "platform.python: got 3.13; allowed: 3.11; set the platform to what the hosts run",
      );
      expectUnchanged(before);
      expect(lostIn(report)).toEqual([]);
    });

    it("is refused when its archive says so, and nothing of it stays", async () => {
      const before = webHosts.map((host) => statusOf(stack, host));
      const recorded = await stack.recorded("web-1-stage");
      const input = JSON.parse(recorded.stdin) as { release: string; archive: string };
      const archive = `portico/application-${foreignRelease}.tar.gz`;
      stack.onHost("web-1", `cd /home/admin; python3 - ${input.archive} ${archive} ${foreignRelease}`, makeForeign);
      const { code, stderr } = perform(
        stack,
        "web-1",
        { ...recorded, stdin: JSON.stringify({ ...input, release: foreignRelease, archive }) },
        "stage",
      );
      stack.onHost("web-1", `rm /home/admin/${archive}`);
      expect(code).toBe(1);
      expect(stderr).toContain("release.python: got 3.11; allowed: 3.13; build the release for this platform");
      expectUnchanged(before);
    });
  });

  function expectUnchanged(before: unknown[]): void {
    expect(webHosts.map((host) => statusOf(stack, host))).toEqual(before);
    expect(webHosts.flatMap((host) => problemsOf(stack, host))).toEqual([]);
  }
}
