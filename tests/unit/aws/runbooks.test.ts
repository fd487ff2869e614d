import { readFileSync } from "node:fs";
import path from "node:path";
import { describeAlarms } from "../../../lib/targets/aws/monitoring/alarms";
import { parseSettings } from "../../../lib/settings";
import { awsGroup } from "../../support/awsGroup";

const text = readFileSync("docs/aws.md", "utf8");
const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
  heading!
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, "")
    .replaceAll(" ", "-"),
);
const anchors = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, anchor]) => anchor!);

const { aws } = parseSettings({
  target: "aws",
  site: { domains: ["www.example.com"] },
  app: { folder: "app", module: "site:app" },
  aws: awsGroup(),
});

describe("docs/aws.md", () => {
  it("has a section for the runbook of every alarm, and none that no alarm names", () => {
    const plan = {
      settings: aws!.monitoring,
      balancer: "",
      targetGroup: "",
      certificateArn: "",
      stack: "",
      machines: [{ name: "web-1", instanceId: "" }],
    };
    const named = new Set(describeAlarms(plan).map(({ runbook }) => `runbook-${runbook}`));
    expect([...anchors].sort()).toEqual([...named].sort());
  });

  it("links sections and files that exist", () => {
    const links = [...text.matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link]) => link!)
      .filter((link) => !link.startsWith("https://"));
    expect(links.length).toBeGreaterThan(10);
    const missing = links.filter((link) =>
      link.startsWith("#") ? ![...headings, ...anchors].includes(link.slice(1)) : !exists(path.join("docs", link)),
    );
    expect(missing).toEqual([]);
  });
});

function exists(file: string): boolean {
  try {
    return readFileSync(file).length > 0;
  } catch {
    return false;
  }
}
