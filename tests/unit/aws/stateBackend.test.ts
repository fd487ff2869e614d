import {
  bucketName,
  bucketPolicy,
  exportLines,
  stateAccess,
  trustFault,
  trustPolicy,
} from "../../../lib/targets/aws/stateBackend";

const place = { accountId: "123456789012", region: "eu-central-1" };

describe("the place of the state", () => {
  it("is a bucket of the account and region, that nobody reaches without TLS", () => {
    expect(bucketName(place)).toBe("portico-state-123456789012-eu-central-1");
    const arn = "arn:aws:s3:::portico-state-123456789012-eu-central-1";
    expect(bucketPolicy(place)).toMatchObject({
      Statement: [
        {
          Effect: "Deny",
          Principal: "*",
          Action: "s3:*",
          Resource: [arn, `${arn}/*`],
          Condition: { Bool: { "aws:SecureTransport": "false" } },
        },
      ],
    });
    expect(JSON.stringify(bucketPolicy({ ...place, region: "cn-north-1" }))).toContain(
      "arn:aws-cn:s3:::portico-state-123456789012-cn-north-1",
    );
  });

  it("is what a shell exports: the bucket, and the key by its alias", () => {
    expect(exportLines(place)).toEqual([
      "export PULUMI_BACKEND_URL='s3://portico-state-123456789012-eu-central-1?region=eu-central-1'",
      "export PULUMI_OPTION_SECRETS_PROVIDER='awskms:///alias/portico-state?region=eu-central-1'",
    ]);
  });

  it("lets the deployer read and write states and use the one key, nothing else", () => {
    const { Statement } = stateAccess(place, "arn:aws:kms:eu-central-1:123456789012:key/1") as {
      Statement: { Action: string[]; Resource: string }[];
    };
    expect(Statement.map(({ Resource }) => Resource)).toEqual([
      "arn:aws:s3:::portico-state-123456789012-eu-central-1",
      "arn:aws:s3:::portico-state-123456789012-eu-central-1/*",
      "arn:aws:kms:eu-central-1:123456789012:key/1",
    ]);
    expect(
      Statement.flatMap(({ Action }) => Action).filter((action) => /\*|Policy|DeleteBucket|Version/.test(action)),
    ).toEqual([]);
  });
});

describe("who may deploy", () => {
  it("is one principal, or one environment of one repository", () => {
    expect(trustPolicy("arn:aws:iam::123456789012:role/ci", place)).toMatchObject({
      Statement: [{ Principal: { AWS: "arn:aws:iam::123456789012:role/ci" }, Action: "sts:AssumeRole" }],
    });
    expect(trustPolicy("repo:acme/site:environment:prod", place)).toMatchObject({
      Statement: [
        {
          Principal: { Federated: "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" },
          Action: "sts:AssumeRoleWithWebIdentity",
          Condition: {
            StringEquals: {
              "token.actions.githubusercontent.com:aud": "sts.amazonaws.com",
              "token.actions.githubusercontent.com:sub": "repo:acme/site:environment:prod",
            },
          },
        },
      ],
    });
  });

  it.each([
    "arn:aws:iam::123456789012:user/anna",
    "arn:aws:iam::123456789012:role/teams/ci",
    "repo:acme/site:environment:prod",
    "repo:acme/site:ref:refs/heads/main",
  ])("may be %s", (trusted) => {
    expect(trustFault(trusted)).toBeUndefined();
  });

  it.each([
    "*",
    "arn:aws:iam::123456789012:root",
    "repo:acme/*:environment:prod",
    "repo:acme/site:*",
    "repo:acme/site:pull_request",
    "acme/site",
  ])("is never %s", (trusted) => {
    expect(trustFault(trusted)).toContain("repo:OWNER/REPO:environment:prod");
  });
});
