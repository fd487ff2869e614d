import { createHash } from "node:crypto";
import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

export interface GeneratedSecretsArgs {
  /** Names; each gets a value of its own. Removing a name forgets its value. */
  names: readonly string[];
}

/**
 * Secrets that the stack makes once and keeps in its encrypted state: 256 bits each, as 64 hexadecimal
 * digits. The randomness is that of a private key which serves no other purpose.
 *
 * @example
 * new GeneratedSecrets("app-secrets", { names: ["appSecretKey"] }).values.appSecretKey;
 */
export class GeneratedSecrets extends pulumi.ComponentResource {
  readonly values: Readonly<Record<string, pulumi.Output<string>>>;

  constructor(name: string, { names }: GeneratedSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("portico:components:GeneratedSecrets", name, { names: [...names] }, opts);
    this.values = Object.fromEntries(names.map((secret) => [secret, this.generate(`${name}-${secret}`)]));
    this.registerOutputs({});
  }

  private generate(name: string): pulumi.Output<string> {
    const seed = new tls.PrivateKey(name, { algorithm: "ED25519" }, { parent: this });
    return pulumi.secret(seed.privateKeyPem.apply((pem) => createHash("sha256").update(pem).digest("hex")));
  }
}
