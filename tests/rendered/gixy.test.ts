import { judgeNginxFiles } from "../../audit/judges/gixy";
import { pythonJudge } from "../../audit/tools/install";
import { describeJudged } from "../support/judged";
import { renderedVariants } from "../support/renderedVariants";

describeJudged(
  "gixy-ng",
  () => pythonJudge("gixy"),
  () => {
    test("finds nothing in the files of any variant", async () => {
      expect(await judgeNginxFiles(renderedVariants())).toMatchObject({ faults: [] });
    });

    test("finds a fault of each kind of file, and what only a host behind a balancer of ours may lack", async () => {
      const { "balancer, the baseline": balancer, "host behind a cloud's balancer, ubuntu-26.04": cloud } =
        renderedVariants();
      const edited = (files: typeof balancer, end: string, change: (text: string) => string) =>
        files!.map((file) => (file.path.endsWith(end) ? { ...file, content: change(file.content) } : file));
      const { faults } = await judgeNginxFiles({
        spoofed: edited(balancer, "edge/host-proxy.conf", (text) => text.replace("Host $host;", "Host $http_host;")),
        bare: edited(cloud, "security-headers.conf", (text) => text.replace(/^add_header Strict.*$/m, "")),
      });
      expect(faults).toEqual([
        expect.stringMatching(/^spoofed: host_spoofing in edge\/host-proxy\.conf$/),
        expect.stringMatching(/^bare: hsts_header in sites\/web\.conf$/),
      ]);
    });
  },
);
