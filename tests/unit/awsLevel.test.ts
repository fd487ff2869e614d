import { levels, suites, usualLevels } from "../../bin/commands/tests/suites";
import { Report } from "../aws/support/report";

describe("the level aws", () => {
  it("is one of the levels and has suites, but runs only when it is named", () => {
    expect(levels).toContain("aws");
    expect(suites.filter(({ level }) => level === "aws")).not.toEqual([]);
    expect(usualLevels).toEqual(levels.filter((level) => level !== "aws" && level !== "long"));
    expect(usualLevels).not.toContain("aws");
  });

  it("removes what it made also when it was interrupted", () => {
    for (const { after } of suites.filter(({ level }) => level === "aws"))
      expect(after?.join(" ")).toContain("tests/aws/support/removeWorkspace.cli.ts");
  });
});

describe("the report of a run", () => {
  it("counts resources by type and lists times in their order, stack by stack", () => {
    const report = new Report();
    report.time("staging", "preview", 8.46);
    report.count("staging", ["aws:ec2/vpc:Vpc", "aws:ec2/subnet:Subnet", "aws:ec2/subnet:Subnet"]);
    report.time("staging", "first up", 120);
    report.time("prod", "preview", 9);
    expect(report.text.split("\n")).toEqual([
      "staging: 3 resources",
      "    2  aws:ec2/subnet:Subnet",
      "    1  aws:ec2/vpc:Vpc",
      "      8.5 s  preview",
      "    120.0 s  first up",
      "",
      "prod: 0 resources",
      "      9.0 s  preview",
      "",
    ]);
  });

  it("is empty when nothing was done", () => {
    expect(new Report().text).toBe("");
  });
});
