import * as pulumi from "@pulumi/pulumi";
import { canonicalJson } from "../../lib/base/canonicalJson";
import { answerAws, awsOutputs, type AwsAnswers } from "./awsMocks";

type Values = Record<string, unknown>;

/** What providers answer besides the inputs: made-up values that tell which resource they are of. */
const outputsOf: Record<string, (name: string) => Values> = {
  "tls:index/privateKey:PrivateKey": (name) => ({
    privateKeyPem: `${privateMark} PEM of ${name}`,
    privateKeyOpenssh: `${privateMark} OpenSSH of ${name}`,
    privateKeyPemPkcs8: `${privateMark} PKCS8 of ${name}`,
    publicKeyOpenssh: publicKeyOf(name),
  }),
  "tls:index/certRequest:CertRequest": (name) => ({ certRequestPem: `request ${name}` }),
  "tls:index/selfSignedCert:SelfSignedCert": (name) => ({ certPem: certificateOf(name) }),
  "tls:index/locallySignedCert:LocallySignedCert": (name) => ({ certPem: certificateOf(name) }),
  "command:local:Command": printed,
  "command:remote:Command": printed,
  "command:remote:CopyToRemote": () => ({}),
  "pulumi:providers:aws": () => ({}),
};

/** Every made-up private value begins with it. */
export const privateMark = "made-up private value:";

/** Public half of a made-up key, authorized_keys form. */
export function publicKeyOf(name: string): string {
  return `ssh-ed25519 ${name}`;
}

export function certificateOf(name: string): string {
  return `certificate ${name}`;
}

/** One JSON line, as the host program prints it; made-up, and private as all that a command prints. */
export function stdoutOf(name: string): string {
  return JSON.stringify({ printed: `${privateMark} stdout of ${name}` });
}

function printed(name: string): Values {
  return { stdout: stdoutOf(name), stderr: `${privateMark} stderr of ${name}` };
}

export interface Answers {
  preview: boolean;
  /** Outputs that the engine makes secret, for the resource that is being registered. */
  secretOutputs(type: string, name: string): string[];
  /** Standard output by the label of the command; that of the others is `stdoutOf`. */
  prints: Record<string, string>;
  /** What AWS knows. */
  aws: AwsAnswers;
  /** Ids of resources that were made anew, by label; that of the others is the label and `-id`. */
  ids: Record<string, string>;
  /** The stack's full name, and what its last update left as outputs. */
  self: { name: string; outputs: Values };
}

const stackReference = "pulumi:pulumi:StackReference";
const stash = "pulumi:index:Stash";

/**
 * Answers in the place of the providers and, for secrecy and the stack's previous outputs, of the engine: secret outputs
 * are wrapped, no other output is. In a preview the outputs of providers are left out, which makes them unknown.
 */
export function mockProviders({ preview, secretOutputs, prints, self, aws, ids }: Answers): pulumi.runtime.Mocks {
  return {
    newResource({ type, name, inputs, custom }) {
      if (custom !== true) return { id: undefined, state: inputs as Values };
      if (type === stackReference) return readStack(inputs as Values, self);
      if (type === stash) return readStash(name, inputs as Values, preview);
      const outputs = type.startsWith("aws:")
        ? (known: string) => awsOutputs(type, known, inputs as Values)
        : outputsOf[type];
      if (outputs === undefined)
        throw new Error(
          `${type}: got a resource that no provider of the tests makes; allowed: ${Object.keys(outputsOf).join(", ")}`,
        );
      if (preview) return { id: undefined, state: inputs as Values };
      return {
        id: ids[name] ?? `${name}-id`,
        state: { ...(inputs as Values), ...wrap(outputsWith(prints, outputs, name), secretOutputs(type, name)) },
      };
    },
    call({ token, inputs }) {
      const answer = answerAws(token, inputs as Values, aws);
      if (answer === undefined)
        throw new Error(
          `${token}: got a call of a provider that no mock answers; allowed: what target aws looks up; mock it`,
        );
      return answer;
    },
  };
}

/** The engine keeps it, and gives it back when it is new. */
function readStash(name: string, { input }: Values, preview: boolean): { id: string | undefined; state: Values } {
  return { id: preview ? undefined : `${name}-id`, state: { input, output: input } };
}

/** The engine reads previous outputs in a preview too, gives their fields in its own order, and tells which are secret: none of ours. */
function readStack({ name }: Values, self: Answers["self"]): { id: string; state: Values } {
  const outputs = name === self.name ? self.outputs : {};
  return { id: String(name), state: { name, outputs: JSON.parse(canonicalJson(outputs)), secretOutputNames: [] } };
}

function outputsWith(prints: Answers["prints"], outputs: (name: string) => Values, name: string): Values {
  return { ...outputs(name), ...(prints[name] === undefined ? {} : { stdout: prints[name] }) };
}

function wrap(outputs: Values, secret: string[]): Values {
  return Object.fromEntries(
    Object.entries(outputs).map(([key, value]) => [key, secret.includes(key) ? pulumi.secret(value) : value]),
  );
}
