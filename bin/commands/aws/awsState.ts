import { readFileSync } from "node:fs";
import {
  bucketName,
  deployerPolicy,
  exportLines,
  githubProvider,
  githubProviderArn,
  keyAlias,
  roleName,
  stateAccess,
  trustFault,
  trustPolicy,
  type StatePlace,
} from "../../../lib/targets/aws/stateBackend";
import { callAws, AwsError } from "./awsCli";
import { runMain } from "../base/main";
import { StateBucket } from "./stateBucket";

/** State of a key that is neither disabled nor about to be deleted. */
const usable = "Enabled";

/** Makes what is missing, sets what must be so, and leaves what is right: run it as often as you like. */
async function awsState([region = "", trusted]: string[]): Promise<number> {
  refuseBadInput(region, trusted);
  const { Account: accountId } = await callAws<{ Account: string }>(["sts", "get-caller-identity", "--region", region]);
  const place = { accountId, region };
  const bucket = new StateBucket(place);
  // Before anything is made: a bucket of somebody else would get the states.
  const found = await bucket.find();
  const keyArn = await provideKey(region);
  await bucket.provide(found, keyArn);
  say(`bucket ${bucketName(place)}, key ${keyAlias}: ready in account ${accountId}, ${region}`);
  if (trusted !== undefined) await provideRole(place, keyArn, trusted);
  process.stdout.write(
    [
      "# State in S3, secrets by KMS; for the shell profile or the pipeline of those who deploy",
      ...exportLines(place),
      "",
    ].join("\n"),
  );
  return 0;
}

function refuseBadInput(region: string, trusted: string | undefined): void {
  if (!/^[a-z]{2}(-[a-z]+)+-\d$/.test(region))
    throw new Error(`region: got '${region}'; allowed: a region, as eu-central-1; nothing was changed`);
  const fault = trusted === undefined ? undefined : trustFault(trusted);
  if (fault !== undefined) throw new Error(`deployer: got '${trusted}'; allowed: ${fault}; nothing was changed`);
}

async function provideKey(region: string): Promise<string> {
  const there = await orUndefined(
    "NotFoundException",
    callAws<{ KeyMetadata: { Arn: string; KeyId: string; KeyState: string } }>([
      "kms",
      "describe-key",
      "--region",
      region,
      "--key-id",
      keyAlias,
    ]),
  );
  if (there !== undefined && there.KeyMetadata.KeyState !== usable) {
    throw new Error(
      `${keyAlias}: got a key in state ${there.KeyMetadata.KeyState}; allowed: ${usable}; aws kms cancel-key-deletion or enable-key, and run this again`,
    );
  }
  const key = there?.KeyMetadata ?? (await makeKey(region));
  await callAws(["kms", "enable-key-rotation", "--region", region, "--key-id", key.KeyId]);
  return key.Arn;
}

async function makeKey(region: string): Promise<{ Arn: string; KeyId: string }> {
  const tags = ["--tags", "TagKey=portico:purpose,TagValue=state"];
  const { KeyMetadata } = await callAws<{ KeyMetadata: { Arn: string; KeyId: string } }>([
    "kms",
    "create-key",
    "--region",
    region,
    "--description",
    "State and secrets of Portico's stacks",
    ...tags,
  ]);
  await callAws([
    "kms",
    "create-alias",
    "--region",
    region,
    "--alias-name",
    keyAlias,
    "--target-key-id",
    KeyMetadata.KeyId,
  ]);
  say(`made key ${KeyMetadata.KeyId}`);
  return KeyMetadata;
}

/** An inline policy may be larger than one of its own. */
async function provideRole(place: StatePlace, keyArn: string, trusted: string): Promise<void> {
  if (trusted.startsWith("repo:")) await provideGithub(place);
  const trust = JSON.stringify(trustPolicy(trusted, place));
  const role = await orUndefined(
    "NoSuchEntity",
    callIam<{ Role: { Arn: string } }>(place, ["get-role", "--role-name", roleName]),
  );
  if (role === undefined)
    await callIam(place, [
      "create-role",
      "--role-name",
      roleName,
      "--assume-role-policy-document",
      trust,
      "--max-session-duration",
      "7200",
      "--description",
      "Deploys Portico's stacks",
    ]);
  else await callIam(place, ["update-assume-role-policy", "--role-name", roleName, "--policy-document", trust]);
  const policies = {
    deployer: deployerPolicy(readFileSync("policies/deployer.json", "utf8"), place),
    state: JSON.stringify(stateAccess(place, keyArn)),
  };
  for (const [name, policy] of Object.entries(policies))
    await callIam(place, [
      "put-role-policy",
      "--role-name",
      roleName,
      "--policy-name",
      name,
      "--policy-document",
      policy,
    ]);
  say(`role ${roleName}: ready for ${trusted}`);
}

async function provideGithub(place: StatePlace): Promise<void> {
  const arn = githubProviderArn(place);
  const there = await orUndefined(
    "NoSuchEntity",
    callIam(place, ["get-open-id-connect-provider", "--open-id-connect-provider-arn", arn]).then(() => true),
  );
  if (there === undefined)
    await callIam(place, [
      "create-open-id-connect-provider",
      "--url",
      githubProvider.url,
      "--client-id-list",
      githubProvider.audience,
    ]);
}

function callIam<Answer>({ region }: StatePlace, [command = "", ...words]: string[]): Promise<Answer> {
  return callAws<Answer>(["iam", command, "--region", region, ...words]);
}

async function orUndefined<Answer>(code: string, answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AwsError && error.code === code) return undefined;
    throw error;
  }
}

function say(line: string): void {
  process.stderr.write(`portico: ${line}\n`);
}

runMain(awsState);
