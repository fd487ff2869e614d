import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { StateBucket } from "../../bin/commands/aws/stateBucket";

const place = { accountId: "123456789012", region: "eu-central-1" };
const bucket = new StateBucket(place);
const folder = mkdtempSync(path.join(tmpdir(), "portico-state-bucket-"));
const given = process.env.PATH;

/** A program `aws` that answers operations as it is told, and nothing to all others. */
const program = `#!/bin/sh
echo "$*" >>"$(dirname "$0")/calls.txt"
answer=$(cat "$(dirname "$0")/answers/$2" 2>/dev/null) || exit 0
case $answer in !*) echo "An error occurred ($(echo "$answer" | cut -c 2-)) when calling the Any operation: no" >&2; exit 254 ;; esac
echo "$answer"
`;

beforeAll(() => {
  writeFileSync(path.join(folder, "aws"), program, { mode: 0o755 });
  process.env.PATH = `${folder}:${given}`;
});
beforeEach(() => rmSync(path.join(folder, "calls.txt"), { force: true }));
afterAll(() => {
  process.env.PATH = given;
  rmSync(folder, { recursive: true, force: true });
});

function answer(answers: Record<string, string>): void {
  rmSync(path.join(folder, "answers"), { recursive: true, force: true });
  mkdirSync(path.join(folder, "answers"));
  for (const [operation, text] of Object.entries(answers)) writeFileSync(path.join(folder, "answers", operation), text);
}

function calls(): string[] {
  const file = path.join(folder, "calls.txt");
  return existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [];
}

const operations = () => calls().map((call) => call.split(" ")[1]);
const marked = JSON.stringify({ TagSet: [{ Key: "portico:purpose", Value: "state" }] });
const settings = [
  "put-public-access-block",
  "put-bucket-versioning",
  "put-bucket-encryption",
  "put-bucket-policy",
  "put-bucket-lifecycle-configuration",
];

describe("the bucket of the state", () => {
  it("is made where there is none, in its region, and marked at once", async () => {
    answer({ "head-bucket": "!404" });
    await bucket.provide(await bucket.find(), "arn:key");
    expect(operations()).toEqual(["head-bucket", "create-bucket", "put-bucket-tagging", ...settings]);
    expect(calls()[1]).toContain(
      "--bucket portico-state-123456789012-eu-central-1 --object-ownership BucketOwnerEnforced --create-bucket-configuration LocationConstraint=eu-central-1",
    );
    expect(calls().find((call) => call.includes("put-bucket-encryption"))).toContain(
      '"SSEAlgorithm":"aws:kms","KMSMasterKeyID":"arn:key"',
    );
  });

  it("is kept where it is ours, with everything set again", async () => {
    answer({ "head-bucket": "{}", "get-bucket-tagging": marked });
    await bucket.provide(await bucket.find(), "arn:key");
    expect(operations()).toEqual(["head-bucket", "get-bucket-tagging", ...settings]);
  });

  it("is taken where a run was cut off before it marked it", async () => {
    answer({ "head-bucket": "{}", "get-bucket-tagging": "!NoSuchTagSet" });
    await bucket.provide(await bucket.find(), "arn:key");
    expect(operations()).toEqual([
      "head-bucket",
      "get-bucket-tagging",
      "list-object-versions",
      "put-bucket-tagging",
      ...settings,
    ]);
  });

  it("is refused, and not touched, where it holds something else or is somebody else's", async () => {
    answer({
      "head-bucket": "{}",
      "get-bucket-tagging": JSON.stringify({ TagSet: [{ Key: "team", Value: "data" }] }),
      "list-object-versions": JSON.stringify({ Versions: [{}] }),
    });
    await expect(bucket.find()).rejects.toThrow(
      /holds something else; allowed: none, or one that is tagged portico:purpose = state/,
    );
    answer({ "head-bucket": "!403" });
    await expect(bucket.find()).rejects.toThrow(/must not read; allowed: none, or one of account 123456789012/);
    expect(operations().filter((operation) => /^(put|create)/.test(operation ?? ""))).toEqual([]);
  });

  it("is asked for as this account's in every call but the one that makes it", async () => {
    answer({ "head-bucket": "!404" });
    await bucket.provide(await bucket.find(), "arn:key");
    expect(
      calls()
        .filter((call) => !call.includes("--expected-bucket-owner 123456789012"))
        .map((call) => call.split(" ")[1]),
    ).toEqual(["create-bucket"]);
  });
});
