import { policyText, tlsOnly } from "../policyDocument";

/** Folders of the bucket that the balancer writes to, by kind of log. */
export const logPrefixes = { access: "access", connections: "connections" } as const;

export interface LogDelivery {
  bucketArn: string;
  /** Account whose balancers may write. */
  accountId: string;
}

/**
 * Who may do what with the log bucket: the log delivery of Elastic Load Balancing writes below the folders of the
 * account, and nobody comes without TLS. The account is part of the path, which the service fills in itself, so no other
 * account's balancer can write. A condition on its source would add nothing; AWS documents none, and one that the
 * service does not fill in would refuse every log.
 */
export function logDeliveryPolicy({ bucketArn, accountId }: LogDelivery): string {
  return policyText([
    {
      Sid: "BalancerLogs",
      Effect: "Allow",
      Principal: { Service: "logdelivery.elasticloadbalancing.amazonaws.com" },
      Action: "s3:PutObject",
      Resource: Object.values(logPrefixes).map((prefix) => `${bucketArn}/${prefix}/AWSLogs/${accountId}/*`),
    },
    tlsOnly(bucketArn),
  ]);
}
