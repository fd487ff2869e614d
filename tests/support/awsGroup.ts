/** The least that settings of target aws must say; changed groups take the place of these. */
export function awsGroup(changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    accountId: "123456789012",
    region: "eu-central-1",
    network: { zones: ["eu-central-1a", "eu-central-1b"] },
    machines: { imageId: "ami-0123456789abcdef0" },
    certificate: { zoneId: "Z0123456789ABCDEFGHIJ" },
    ...changes,
  };
}
