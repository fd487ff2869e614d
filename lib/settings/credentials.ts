import { certificateKind } from "./certificateKind";
import type { Settings } from "./schema";

/** Secrets that the deployment itself needs, by their key in the stack file. */
export const credentialNames = ["loginKey", "jumpKey", "certificateKey", "packageIndexNetrc"] as const;
export type CredentialName = (typeof credentialNames)[number];

/** Those that a stack may do without. */
export const optionalCredentials: readonly CredentialName[] = ["packageIndexNetrc"];

/** Which of them these settings call for. */
export function requiredCredentials(settings: Settings): CredentialName[] {
  const { target, aws } = settings;
  const required: CredentialName[] = [];
  if (target === "hosts") required.push("loginKey");
  if (target === "aws" && aws?.access.jumpHost) required.push("jumpKey");
  if (certificateKind(settings) === "given") required.push("certificateKey");
  return required;
}
