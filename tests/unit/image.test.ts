import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { FakeAws } from "../support/fakeAws";

const folder = mkdtempSync(path.join(tmpdir(), "portico-image-"));
const aws = new FakeAws(path.join(folder, "bin"));
const stackFile = path.join(folder, "Pulumi.staging.yaml");
const given = readFileSync("Pulumi.staging.yaml", "utf8");
const newest = "ami-0fedcba9876543210";
const parameter = "/aws/service/debian/release/13/latest/amd64";

beforeEach(() => {
  writeFileSync(stackFile, given);
  aws.setParameters({ [parameter]: newest });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function image(): { status: number | null; output: string } {
  const words = ["-r", require.resolve("@swc-node/register"), path.resolve("bin/commands/aws/image.ts"), "staging"];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    cwd: folder,
    env: { ...process.env, PATH: `${aws.folder}:${process.env.PATH}` },
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

describe("bin/image", () => {
  it("writes the newest image into its line of the stack file, says old and new, and has nothing to do the next time", () => {
    const first = image();
    expect(first).toMatchObject({
      status: 0,
      output: expect.stringContaining(
        `ami-0123456789abcdef0 -> ${newest} (debian-13, x86_64, eu-central-1) in Pulumi.staging.yaml`,
      ) as string,
    });
    expect(readFileSync(stackFile, "utf8")).toBe(given.replace("ami-0123456789abcdef0", newest));
    expect(readFileSync(path.join(aws.folder, "calls.txt"), "utf8")).toContain(
      `ssm get-parameter --region eu-central-1 --name ${parameter}`,
    );
    expect(image()).toEqual({
      status: 0,
      output: `portico: ${newest} is the newest image (debian-13, x86_64, eu-central-1); nothing to do\n`,
    });
  });

  it("changes nothing where the image is unknown, or the settings are wrong", () => {
    aws.setParameters({});
    expect(image()).toMatchObject({ status: 1, output: expect.stringContaining("ParameterNotFound") as string });
    expect(readFileSync(stackFile, "utf8")).toBe(given);
    const wrong = given.replace("region: eu-central-1", "region: europe");
    writeFileSync(stackFile, wrong);
    expect(image()).toMatchObject({
      status: 1,
      output: expect.stringContaining('portico:aws.region: got "europe"') as string,
    });
    expect(readFileSync(stackFile, "utf8")).toBe(wrong);
  });

  it("is for stacks of target aws", () => {
    writeFileSync(stackFile, "config:\n  portico:target: local\n");
    expect(image()).toMatchObject({
      status: 1,
      output: expect.stringContaining("allowed: a stack of target aws") as string,
    });
  });
});
