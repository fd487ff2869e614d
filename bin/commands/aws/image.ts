import { readFileSync, writeFileSync } from "node:fs";
import { imageParameter } from "../../../lib/targets/aws/lookups/officialImages";
import { replaceSetting } from "../../../lib/stack/stackFileText";
import { callAws } from "./awsCli";
import { runMain } from "../base/main";
import { readAwsStack, stackFile } from "../state/stackFile";

const settingPath = ["config", "portico:aws", "machines", "imageId"];

/** Writes the newest official image of the platform into the stack file; nothing else changes, neither there nor in AWS. */
async function image([stack = ""]: string[]): Promise<number> {
  const settings = readAwsStack(stack)?.aws;
  if (settings === undefined)
    throw new Error(`stack: got ${stack}; allowed: a stack of target aws; set portico:target in ${stackFile(stack)}`);
  const { region, machines } = settings;
  const newest = await newestImage(imageParameter(machines.platform, machines.architecture), region);
  const what = `${machines.platform}, ${machines.architecture}, ${region}`;
  if (newest === machines.imageId) {
    process.stdout.write(`portico: ${newest} is the newest image (${what}); nothing to do\n`);
    return 0;
  }
  const text = replaceSetting(readFileSync(stackFile(stack), "utf8"), settingPath, newest);
  if (text === undefined)
    throw new Error(
      `aws.machines.imageId: got no line of its own in ${stackFile(stack)}; allowed: one; write imageId: ${newest} there`,
    );
  writeFileSync(stackFile(stack), text);
  process.stdout.write(
    `portico: ${machines.imageId} -> ${newest} (${what}) in ${stackFile(stack)}; bin/up ${stack} replaces the machines one after another\n`,
  );
  const own = Object.entries(machines.overrides).flatMap(([name, { imageId }]) =>
    imageId === undefined ? [] : [`${name} (${imageId})`],
  );
  if (own.length > 0)
    process.stdout.write(
      `portico: left as they are, with an image of their own in aws.machines.overrides: ${own.join(", ")}\n`,
    );
  return 0;
}

async function newestImage(name: string, region: string): Promise<string> {
  const { Parameter } = await callAws<{ Parameter: { Value: string } }>([
    "ssm",
    "get-parameter",
    "--region",
    region,
    "--name",
    name,
  ]);
  if (!/^ami-[0-9a-f]{8,17}$/.test(Parameter.Value))
    throw new Error(`${name}: got ${Parameter.Value}; allowed: the id of an image; nothing was changed`);
  return Parameter.Value;
}

runMain(image);
