import { lostIn, slowRequest, startLoad } from "../../support/strictClient";
import type { TestStack } from "../../support/testStack";

export async function releaseOf(stack: TestStack): Promise<string> {
  return JSON.parse((await stack.pulumi(["stack", "output", "release", "--json"])).stdout) as string;
}

export function describeReleases(stack: TestStack): void {
  describe("a release", () => {
    it("reaches both hosts without one failed request, while a request of 12 seconds finishes", async () => {
      const old = await releaseOf(stack);
      stack.appendToApp("portico_sample/__init__.py", "\nREVISION = 2\n");
      const load = startLoad({ ...stack.target("load"), connections: 16, maxSeconds: 300 });
      const slow = startWhenActivating(stack);
      const { code, output } = await stack.up({ onOutput: slow.watch });
      const report = await load.stop();
      const answer = await slow.answer;
      expect({ code, output: code === 0 ? "" : output }).toEqual({ code: 0, output: "" });
      expect(lostIn(report)).toEqual([]);
      const release = await releaseOf(stack);
      expect(release).not.toBe(old);
      expect(Object.keys(report.releases).sort()).toEqual([old, release].sort());
      expect(answer).toMatchObject({ release: old });
      expect(await releasesServed(stack)).toEqual(new Set([`web-1 ${release}`, `web-2 ${release}`]));
      process.stdout.write(
        `release under load: ${report.attempts} requests, median ${report.medianMs} ms, p99 ${report.p99Ms} ms, slowest ${report.slowestMs} ms\n`,
      );
    });

    it("keeps serving the assets of the one before", () => {
      const count = stack.onHost("web-1", "ls /opt/portico/releases | wc -l").trim();
      expect(Number(count)).toBeGreaterThanOrEqual(2);
      expect(stack.onHost("web-1", "ls /opt/portico/assets")).toMatch(/\.[0-9a-f]{8}\.css\n/);
    });
  });
}

/** Host and release of enough requests to meet every host. */
export async function releasesServed(stack: TestStack): Promise<Set<string>> {
  const seen = new Set<string>();
  for (let turn = 0; turn < 12; turn += 1) {
    const { host, release } = await slowRequest(stack.target("load"), 0);
    seen.add(`${host} ${release}`);
  }
  return seen;
}

/** Sends a request of 12 seconds at the moment when the first host begins to switch. */
function startWhenActivating(stack: TestStack) {
  let begin: () => void = () => undefined;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  return {
    watch: (output: string) => {
      if (output.includes("web-1-activate")) begin();
    },
    answer: begun.then(() => slowRequest(stack.target("load"), 12)),
  };
}
