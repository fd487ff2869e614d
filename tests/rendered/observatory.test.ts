import { observatoryWords, readObservatory } from "../../audit/judges/observatory";
import { observatoryScan } from "../../audit/tools/install";
import { baselineSettings } from "../support/baseline";
import { describeJudged } from "../support/judged";
import { describeOn } from "../support/systems";
import { balancerAddress, TestSite } from "../support/testSite";

async function judge(base: string, headers: Record<string, unknown>) {
  const site = await TestSite.start(base, "debian-13", baselineSettings({ nginx: { headers } }));
  try {
    const words = observatoryWords("portico.internal", balancerAddress, site.certificateFile);
    return readObservatory((await site.balancer.runInNetwork(words)).stdout);
  } finally {
    await site.stop();
  }
}

describeJudged("Mozilla's HTTP Observatory", observatoryScan, () =>
  describeOn("debian-13", "a site", (base) => {
    test("gets its best grade", async () => {
      expect(await judge(base(), {})).toMatchObject({ faults: [] });
    });

    test("gets a worse one without HSTS", async () => {
      const { faults } = await judge(base(), { hstsSeconds: 0 });
      expect(faults).toContainEqual(expect.stringMatching(/^strict-transport-security: hsts-not-implemented/));
    });
  }),
);
