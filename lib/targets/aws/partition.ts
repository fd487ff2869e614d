/** The separate clouds of AWS: identifiers and host names carry which one a region is of. */
export interface Partition {
  /** Second part of every ARN. */
  id: "aws" | "aws-cn" | "aws-us-gov";
  /** End of the names of AWS's services. */
  domain: "amazonaws.com" | "amazonaws.com.cn";
}

export function partitionOf(region: string): Partition {
  if (region.startsWith("cn-")) return { id: "aws-cn", domain: "amazonaws.com.cn" };
  return { id: region.startsWith("us-gov-") ? "aws-us-gov" : "aws", domain: "amazonaws.com" };
}
