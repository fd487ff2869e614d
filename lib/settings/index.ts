export { SettingsError, type Fault } from "./faults";
export { awsSettingsOf } from "./awsGroup";
export { certificateKind, type CertificateKind } from "./certificateKind";
export { credentialNames, optionalCredentials, requiredCredentials, type CredentialName } from "./credentials";
export { settingsWarnings } from "./relations/limits";
export { parseSettings } from "./parse";
export { installsUpdates, updatePackage } from "./updates";
export { settingsSchema, type AwsSettings, type HostsSettings, type Settings } from "./schema";
