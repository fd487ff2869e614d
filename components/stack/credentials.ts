import type * as pulumi from "@pulumi/pulumi";
import type { CredentialName } from "../../lib/settings";

/** A secret of the stack file is known in every run. It is taken out to be checked, or used, before anything is declared. */
export function valueOf(secret: pulumi.Output<string>): Promise<string> {
  return new Promise((resolve) => void secret.apply(resolve));
}

/** Secrets of the stack file that the deployment itself needs, as far as the settings call for them. */
export type Credentials = Partial<Record<CredentialName, pulumi.Output<string>>>;
