import { existsSync, readFileSync } from "node:fs";
import { deployerPolicy, stateAccess } from "../../../lib/targets/aws/stateBackend";

interface Statement {
  Sid: string;
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: object;
}

const text = readFileSync("policies/deployer.json", "utf8");
const { Statement: statements } = JSON.parse(text) as { Statement: Statement[] };
const listed = (value: string | string[]) => (Array.isArray(value) ? value : [value]);
const actions = statements.flatMap(({ Action }) => listed(Action));
const allowing = (action: string) => statements.filter(({ Action }) => listed(Action).includes(action));

/** What a run of all scenarios against the stand-in for AWS needed; made by bin/test-aws. */
const recorded = "tests/aws/calls.txt";

describe("the policy of the deployer", () => {
  it("only allows, and names each action, without a wildcard", () => {
    expect(statements.filter(({ Effect }) => Effect !== "Allow")).toEqual([]);
    expect(actions.filter((action) => !/^[a-z0-9]+:[A-Z][A-Za-z0-9]+$/.test(action))).toEqual([]);
    expect(new Set(statements.map(({ Sid }) => Sid)).size).toBe(statements.length);
  });

  (existsSync(recorded) ? it : it.skip)("covers every call that a run against the stand-in for AWS recorded", () => {
    const calls = readFileSync(recorded, "utf8").trim().split("\n");
    expect(calls.length).toBeGreaterThan(100);
    expect(calls.filter((call) => !actions.includes(call))).toEqual([]);
  });

  it("touches no role, bucket or log group but those that the program names", () => {
    const guarded = statements.filter(({ Action }) =>
      listed(Action).some((action) => /^(iam|s3|logs):(?!Describe|List)/.test(action)),
    );
    expect(guarded.length).toBeGreaterThan(4);
    expect(guarded.filter(({ Resource }) => listed(Resource).includes("*")).map(({ Sid }) => Sid)).toEqual([]);
  });

  it("hands roles over to machines and flow logs only, and gives them AWS's policy for Session Manager only", () => {
    expect(allowing("iam:PassRole")).toMatchObject([
      { Condition: { StringEquals: { "iam:PassedToService": ["ec2.amazonaws.com", "vpc-flow-logs.amazonaws.com"] } } },
    ]);
    expect(allowing("iam:AttachRolePolicy")).toMatchObject([
      { Condition: { ArnLike: { "iam:PolicyARN": "arn:aws:iam::aws:policy/AmazonSSMManagedInstanceCore" } } },
    ]);
  });

  it.each(["ec2:TerminateInstances", "ec2:DeleteVpc", "kms:ScheduleKeyDeletion"])(
    "allows %s on what a stack made only",
    (action) => {
      expect(allowing(action)).toMatchObject([
        { Condition: { StringEquals: { "aws:ResourceTag/portico:project": "portico" } } },
      ]);
    },
  );

  it("fits, with the one for the state, into the inline policies of a role, in every cloud of AWS", () => {
    const place = { accountId: "123456789012", region: "us-gov-west-1" };
    const policy = deployerPolicy(text, place);
    const state = JSON.stringify(
      stateAccess(place, "arn:aws-us-gov:kms:us-gov-west-1:123456789012:key/00000000-0000-0000-0000-000000000000"),
    );
    expect(policy.length + state.length).toBeLessThanOrEqual(10_240);
    expect(policy).not.toContain("arn:aws:");
  });
});
