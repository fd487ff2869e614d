/** A policy of AWS with these statements. */
export function policyDocument(statements: readonly object[]): object {
  return { Version: "2012-10-17", Statement: statements };
}

/** The same as the text that most of AWS takes. */
export function policyText(statements: readonly object[]): string {
  return JSON.stringify(policyDocument(statements));
}

/** Who may take a role: a service of AWS, for its own work. */
export function assumedBy(service: string): string {
  return policyText([{ Effect: "Allow", Principal: { Service: service }, Action: "sts:AssumeRole" }]);
}

/** Nobody comes to a bucket without TLS. */
export function tlsOnly(bucketArn: string): object {
  const withoutTls = { Bool: { "aws:SecureTransport": "false" } };
  return {
    Sid: "TlsOnly",
    Effect: "Deny",
    Principal: "*",
    Action: "s3:*",
    Resource: [bucketArn, `${bucketArn}/*`],
    Condition: withoutTls,
  };
}
