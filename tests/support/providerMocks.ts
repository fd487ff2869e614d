import * as pulumi from "@pulumi/pulumi";

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

function printed(name: string): Values {
  return { stdout: `${privateMark} stdout of ${name}`, stderr: `${privateMark} stderr of ${name}` };
}

/**
 * Answers in the place of the providers and, for secrecy, of the engine: `secretOutputs` are wrapped, no
 * other output is. In a preview the outputs are left out, which makes them unknown.
 */
export function mockProviders(preview: boolean, secretOutputs: (type: string, name: string) => string[]): pulumi.runtime.Mocks {
  return {
    newResource({ type, name, inputs, custom }) {
      if (custom !== true) return { id: undefined, state: inputs as Values };
      const outputs = outputsOf[type];
      if (outputs === undefined) throw new Error(`${type}: got a resource that no provider of the tests makes; allowed: ${Object.keys(outputsOf).join(", ")}`);
      if (preview) return { id: undefined, state: inputs as Values };
      return { id: `${name}-id`, state: { ...(inputs as Values), ...wrap(outputs(name), secretOutputs(type, name)) } };
    },
    call({ token }) {
      throw new Error(`${token}: got a call of a provider; allowed: none; the program reads nothing at plan time`);
    },
  };
}

function wrap(outputs: Values, secret: string[]): Values {
  return Object.fromEntries(Object.entries(outputs).map(([key, value]) => [key, secret.includes(key) ? pulumi.secret(value) : value]));
}
