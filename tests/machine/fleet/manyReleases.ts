import { lostIn } from "../../support/strictClient";
import type { TestStack } from "../../support/testStack";
import { allOn, bringUp, changeApp, problemsOf, releases, statusOf, underLoad, webHosts } from "./support";

/** Fifty take a quarter to half an hour; docs/releases.md has their figures and the command. */
const count = Number(process.env.PORTICO_TEST_RELEASES ?? 3);
const minutes = 10 + count;
const keepReleases = 3;
/** The file system that releases live on during the test, in MiB: room for a few of them. */
const smallDisk = 160;

export function describeManyReleases(stack: TestStack): void {
  describe(`${count} releases in a row`, () => {
    it(
      "lose no request, mix versions only while they roll, and keep the retention rule on a small disk",
      async () => {
        stack.onHost("web-1", moveToSmallDisk());
        const { result: served, report } = await underLoad(stack, () => releaseMany(stack), {
          connections: 8,
          pauseMs: 100,
          minutes,
        });
        expect(lostIn(report)).toEqual([]);
        expect(Object.keys(report.releases).filter((release) => !served.includes(release))).toEqual([]);
        const seen = served.filter((release) => release in report.releases);
        for (const [index, release] of seen.entries()) {
          const afterNext = seen[index + 2];
          if (afterNext) expect(report.releases[release]!.lastMs).toBeLessThan(report.releases[afterNext]!.firstMs);
        }
        for (const host of webHosts) {
          const kept = stack.onHost(host, "ls /opt/portico/releases").trim().split("\n");
          expect(kept.length).toBeLessThanOrEqual(keepReleases + 2);
          expect(kept).toContain(served.at(-1));
          expect(statusOf(stack, host).good[0]).toBe(served.at(-1));
          expect(problemsOf(stack, host)).toEqual([]);
        }
        process.stdout.write(
          `${count} releases: ${report.attempts} requests, ${report.failures.total} lost, median ${report.medianMs} ms, p99 ${report.p99Ms} ms, slowest ${report.slowestMs} ms\n`,
        );
      },
      minutes * 60 * 1000,
    );
  });
}

/** Answers the release that served before and all that followed. */
async function releaseMany(stack: TestStack): Promise<string[]> {
  const served = [releases(stack)["web-1"]!];
  for (let turn = 1; turn <= count; turn += 1) {
    const restore = changeApp(stack, `release ${turn}`);
    await bringUp(stack);
    restore();
    const release = releases(stack)["web-1"]!;
    expect(releases(stack)).toEqual(allOn(release));
    served.push(release);
  }
  return served;
}

/** What serves keeps its open files; the next release is written to the small disk. */
function moveToSmallDisk(): string {
  return `set -e; mkdir /run/releases; mount -t tmpfs -o size=${smallDisk}M tmpfs /run/releases; cp -a /opt/portico/releases/. /run/releases/; mount --bind /run/releases /opt/portico/releases`;
}
