import { Program } from "../support/programMocks";
import { awsFile } from "../support/awsFile";
import { findPrivate } from "../support/leaks";
import { privateMark } from "../support/providerMocks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { reveal, type Wire } from "../support/wireValues";

const makeFolder = temporaryFolders();
const stacks = ["staging", "prod"] as const;
const runs: Record<string, Recording> = {};
let program: Program;

/** AWS makes no name for a dashboard, and the hosts are told that of the logs in a preview already. */
const namedByUs = ["monitoring-dashboard", "monitoring-logs"];

beforeAll(async () => {
  program = new Program(makeFolder());
  for (const stack of stacks) runs[stack] = await program.run({ file: readStackFile(stack), stack });
});

const awsResources = (stack: string) => runs[stack]!.resources.filter(({ type }) => type.startsWith("aws:"));

describe.each(stacks)("the stack file of %s", (stack) => {
  const file = readStackFile(stack);

  it("declares in a preview, where nothing is known of what is made, the same as in an update", async () => {
    const preview = await program.run({ file, stack, preview: true });
    expect(preview.labels).toEqual(runs[stack]!.labels);
    expect(preview.labels.length).toBeGreaterThan(100);
  });

  it("runs without a warning", () => {
    expect(runs[stack]!.messages.filter((line) => !line.startsWith("info:"))).toEqual([]);
  });

  it("holds no secret and no salt, and marks the five places that are the user's", async () => {
    const { readFileSync } = jest.requireActual<typeof import("node:fs")>("node:fs");
    const text = readFileSync(`Pulumi.${stack}.yaml`, "utf8");
    expect(text).not.toMatch(/secure:|encryptionsalt|encryptedkey/);
    expect([...text.matchAll(/# (\d)\. /g)].map(([, place]) => place)).toEqual(["1", "2", "3", "4", "5"]);
  });
});

describe.each(stacks)("every resource of %s", (stack) => {
  it("is in the one account and region of the settings, whatever the environment says", () => {
    const { inputs } = runs[stack]!.get("aws-provider");
    expect(reveal(inputs.allowedAccountIds)).toEqual('["123456789012"]');
    expect(inputs.region).toBe("eu-central-1");
    expect(
      awsResources(stack)
        .filter(({ options }) => options.provider !== "aws-provider")
        .map(({ label }) => label),
    ).toEqual([]);
    expect(
      awsResources(stack)
        .filter(({ inputs: { region } }) => region !== undefined)
        .map(({ label }) => label),
    ).toEqual([]);
  });

  it("tells project and stack by tags of the provider", () => {
    expect(JSON.parse(reveal(runs[stack]!.get("aws-provider").inputs.defaultTags) as string)).toEqual({
      tags: { "portico:project": "portico", "portico:stack": stack },
    });
  });

  it("belongs to a component", () => {
    expect(
      awsResources(stack)
        .filter(({ options }) => options.parent === "Stack")
        .map(({ label }) => label),
    ).toEqual([]);
  });

  it("has no name of its own but those that AWS does not make", () => {
    const named = awsResources(stack).filter(
      ({ type, inputs }) =>
        !/route53|rolePolicy/.test(type) &&
        ["name", "bucket", "dashboardName", "namePrefix"].some((key) => key in inputs),
    );
    const bucketParts = named.filter(({ type }) => /s3\/bucket[A-Z]/.test(type)).map(({ label }) => label);
    expect(
      named
        .map(({ label }) => label)
        .filter((label) => !bucketParts.includes(label))
        .sort(),
    ).toEqual(namedByUs);
  });

  it("has tags of signs that every service of AWS takes, and a name for people", () => {
    const tagged = awsResources(stack).filter(({ inputs }) => inputs.tags !== undefined);
    expect(tagged.length).toBeGreaterThan(30);
    for (const { label, inputs } of tagged) {
      const wrong = Object.values(inputs.tags as Record<string, string>).filter(
        (value) => !/^[\p{L}\p{Z}\p{N}_.:/=+\-@]{1,256}$/u.test(value),
      );
      expect({ label, wrong }).toEqual({ label, wrong: [] });
      expect(inputs.tags).toHaveProperty("Name");
    }
  });

  it("has a name within the limits of AWS once eight characters are put behind it", () => {
    for (const { type, name } of awsResources(stack)) {
      if (/:(LoadBalancer|TargetGroup)$/.test(type)) expect(name.length).toBeLessThanOrEqual(24);
      else if (/:(Role|InstanceProfile|Bucket)$/.test(type)) expect(name.length).toBeLessThanOrEqual(55);
    }
  });

  it("keeps private values secret", () => {
    const { plain, secret } = findPrivate(runs[stack]!, [privateMark]);
    expect(plain).toEqual([]);
    expect(secret.length).toBeGreaterThan(20);
  });
});

describe("protection", () => {
  const guarded = (recording: Recording) =>
    recording.resources
      .filter(({ options }) => options.protect)
      .map(({ label }) => label)
      .sort();

  it("keeps prod from losing its balancer, and nothing of staging, which may go at any time", () => {
    expect(guarded(runs.prod!)).toContain("balancer");
    expect(guarded(runs.staging!)).toEqual([]);
    expect(
      runs.staging!.resources.filter(
        ({ inputs }) => inputs.enableDeletionProtection === true || inputs.disableApiTermination === true,
      ),
    ).toEqual([]);
  });

  it("never keeps a machine, which makes room for the next one", () => {
    expect(guarded(runs.prod!).filter((label) => label.startsWith("web-"))).toEqual([]);
  });

  it("is lifted from all of prod by one setting", async () => {
    const { error, ...lifted } = await program.attempt({ file: awsFile("prod", { protection: false }), stack: "prod" });
    expect(error).toBeUndefined();
    expect(lifted.resources.filter(({ options }) => options.protect)).toEqual([]);
  });
});

it("tags of the settings reach every resource beside the ones that name project and stack", async () => {
  const file = awsFile("staging", { tags: { team: "shop" } });
  const { inputs } = (await program.run({ file, stack: "staging" })).get("aws-provider");
  expect((JSON.parse(inputs.defaultTags as string) as { tags: Wire }).tags).toEqual({
    team: "shop",
    "portico:project": "portico",
    "portico:stack": "staging",
  });
});

it("a stack with a dot in its name has a dashboard all the same, which takes none", async () => {
  const recording = await program.run({ file: readStackFile("staging"), stack: "staging.v2" });
  expect(recording.get("monitoring-dashboard").inputs.dashboardName).toBe("portico-staging-v2");
  expect(runs.staging!.get("monitoring-dashboard").inputs.dashboardName).toBe("portico-staging");
});
