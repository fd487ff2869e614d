/** Made-up answers of AWS: names tell which resource they are of, as those of the other providers do. */

type Values = Record<string, unknown>;

export const awsAccount = "123456789012";

/** What AWS answers besides the inputs of a resource. */
export function awsOutputs(type: string, name: string, inputs: Values): Values {
  const arn = `arn:aws:made-up:eu-central-1:${awsAccount}:${name}`;
  return { arn, name: `${name}-physical`, ...special[type.split(":").at(-1)!]?.(name, inputs) };
}

const special: Record<string, (name: string, inputs: Values) => Values> = {
  Instance: (name) => ({ privateIp: addressOf(name) }),
  Eip: (name) => ({ allocationId: `eipalloc-of-${name}` }),
  LoadBalancer: (name) => ({ dnsName: `${name}.elb.amazonaws.com`, zoneId: "ZBALANCER", arnSuffix: `app/${name}/1` }),
  TargetGroup: (name) => ({ arnSuffix: `targetgroup/${name}/1` }),
  Bucket: (name) => ({ bucket: `${name}-physical`, bucketDomainName: `${name}.s3.amazonaws.com` }),
  CertificateValidation: (_name, { certificateArn }) => ({ certificateArn }),
  Certificate: (_name, { domainName, subjectAlternativeNames }) => ({
    domainValidationOptions: [domainName, ...((subjectAlternativeNames as string[] | undefined) ?? [])].map(
      (domain) => ({
        domainName: domain,
        resourceRecordName: `_proof.${String(domain).replace("*.", "")}`,
        resourceRecordType: "CNAME",
        resourceRecordValue: "proof.acm.aws",
      }),
    ),
  }),
  Record: (_name, { name }) => ({ fqdn: name }),
  TopicPolicy: (_name, { arn }) => ({ arn }),
};

/** Private address of `web-7-instance`: 10.40.128.7. */
export function addressOf(instance: string): string {
  return `10.40.128.${/\d+/.exec(instance)?.[0] ?? "1"}`;
}

/** What AWS knows; tests change parts of it. A function that throws stands for what is not there. */
export interface AwsAnswers {
  getAmi(inputs: Values): Values;
  getInstanceType(inputs: Values): Values;
  getInstances(inputs: Values): Values;
  getSubnet(inputs: Values): Values;
  getZone(inputs: Values): Values;
}

export const usualAws: AwsAnswers = {
  getAmi: ({ filters }) => ({
    id: (filters as { values: string[] }[])[0]!.values[0],
    architecture: "x86_64",
    state: "available",
    rootDeviceName: "/dev/xvda",
    blockDeviceMappings: [{ deviceName: "/dev/xvda", ebs: { volume_size: "8" }, noDevice: "", virtualName: "" }],
  }),
  getInstanceType: ({ instanceType }) => ({ instanceType, supportedArchitectures: ["x86_64"] }),
  getInstances: () => ({ ids: [] }),
  getSubnet: ({ id }) => ({
    id,
    vpcId: "vpc-0123456789abcdef0",
    availabilityZone: `eu-central-1${String(id).at(-1)}`,
    cidrBlock: `10.9.${Number.parseInt(String(id).at(-1)!, 16)}.0/24`,
  }),
  getZone: ({ zoneId }) => ({ zoneId, name: "example.com", privateZone: false }),
};

/** Answers `aws:ec2/getAmi:getAmi` and the like; undefined for what the program does not ask. */
export function answerAws(token: string, inputs: Values, answers: AwsAnswers): Values | undefined {
  const name = token.split(":").at(-1)!;
  return name in answers ? answers[name as keyof AwsAnswers](inputs) : undefined;
}
