import type * as pulumi from "@pulumi/pulumi";
import type { CredentialName } from "../../lib/settings";

/** Secrets of the stack file that the deployment itself needs, as far as the settings call for them. */
export type Credentials = Partial<Record<CredentialName, pulumi.Output<string>>>;
