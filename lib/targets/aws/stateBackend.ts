import { partitionOf } from "./partition";
import { policyDocument, tlsOnly } from "./policyDocument";

/** Where the state of all stacks of an account is kept. */
export interface StatePlace {
  accountId: string;
  region: string;
}

/** The key by which stacks name it, so that it can be exchanged. */
export const keyAlias = "alias/portico-state";
/** Mark of the bucket: another one of the same name is not touched. */
export const bucketMark = { Key: "portico:purpose", Value: "state" };
export const roleName = "portico-deployer";

const githubIssuer = "token.actions.githubusercontent.com";
/** How long a previous version of the state can be brought back, in days. */
const formerVersionDays = 90;

export function bucketName({ accountId, region }: StatePlace): string {
  return `portico-state-${accountId}-${region}`;
}

export function bucketArn(place: StatePlace): string {
  return `arn:${partitionOf(place.region).id}:s3:::${bucketName(place)}`;
}

export function bucketPolicy(place: StatePlace): object {
  return policyDocument([tlsOnly(bucketArn(place))]);
}

export const bucketLife = {
  Rules: [
    {
      ID: "former-versions",
      Status: "Enabled",
      Filter: { Prefix: "" },
      NoncurrentVersionExpiration: { NoncurrentDays: formerVersionDays },
      AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 },
    },
  ],
};

/** What the deployer needs besides policies/deployer.json. */
export function stateAccess(place: StatePlace, keyArn: string): object {
  const arn = bucketArn(place);
  return policyDocument([
    { Sid: "StateBucket", Effect: "Allow", Action: ["s3:ListBucket", "s3:GetBucketLocation"], Resource: arn },
    {
      Sid: "State",
      Effect: "Allow",
      Action: ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
      Resource: `${arn}/*`,
    },
    {
      Sid: "StateKey",
      Effect: "Allow",
      Action: ["kms:Encrypt", "kms:Decrypt", "kms:GenerateDataKey", "kms:DescribeKey"],
      Resource: keyArn,
    },
  ]);
}

/** policies/deployer.json, in as few characters as possible and for the cloud that the region is of. */
export function deployerPolicy(text: string, { region }: StatePlace): string {
  return JSON.stringify(JSON.parse(text)).replaceAll('"arn:aws:', `"arn:${partitionOf(region).id}:`);
}

/** Who may become the deployer: a principal of AWS by its ARN, or a subject of GitHub Actions as `repo:OWNER/REPO:environment:prod`. */
export function trustPolicy(trusted: string, place: StatePlace): object {
  if (trusted.startsWith("arn:"))
    return policyDocument([{ Effect: "Allow", Principal: { AWS: trusted }, Action: "sts:AssumeRole" }]);
  const claims = { [`${githubIssuer}:aud`]: "sts.amazonaws.com", [`${githubIssuer}:sub`]: trusted };
  return policyDocument([
    {
      Effect: "Allow",
      Principal: { Federated: githubProviderArn(place) },
      Action: "sts:AssumeRoleWithWebIdentity",
      Condition: { StringEquals: claims },
    },
  ]);
}

export function githubProviderArn({ accountId, region }: StatePlace): string {
  return `arn:${partitionOf(region).id}:iam::${accountId}:oidc-provider/${githubIssuer}`;
}

export const githubProvider = { url: `https://${githubIssuer}`, audience: "sts.amazonaws.com" };

/** What is wrong with a word that says who may deploy; undefined when nothing is. A wildcard would trust strangers. */
export function trustFault(trusted: string): string | undefined {
  const allowed =
    /^(arn:aws[a-z-]*:iam::\d{12}:(user|role)\/[\w+=,.@/-]+|repo:[\w.-]+\/[\w.-]+:(environment:[\w.-]+|ref:refs\/(heads|tags)\/[\w./-]+))$/;
  return allowed.test(trusted)
    ? undefined
    : "the ARN of a user or role, or a subject of GitHub Actions as repo:OWNER/REPO:environment:prod, without a wildcard";
}

/** What a shell must export to use it; `bin/env` leaves a backend that is set alone. */
export function exportLines(place: StatePlace): string[] {
  return [
    `export PULUMI_BACKEND_URL='s3://${bucketName(place)}?region=${place.region}'`,
    `export PULUMI_OPTION_SECRETS_PROVIDER='awskms:///${keyAlias}?region=${place.region}'`,
  ];
}
