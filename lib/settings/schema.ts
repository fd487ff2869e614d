import { z } from "zod";
import { appSettings, rolloutSettings } from "./appSettings";
import { awsSettings } from "./awsSettings";
import { authoritySettings, givenCertificate } from "./certificateSettings";
import { choice, domainName, listOf } from "./fields";
import { hostsSettings } from "./hostsSettings";
import { localSettings } from "./localSettings";
import { balancerSettings, gunicornSettings, nginxSettings } from "./serverSettings";

const siteSettings = z
  .strictObject({
    domains: listOf(domainName, "domain names in lower case", "Names that the site answers to; any other Host gets no application. On target local the balancer's address is added.").default(["portico.internal"]),
    certificate: givenCertificate.default(null),
  })
  .meta({ about: "The site" });

/** One schema for all that a stack file may say; validation and docs/configuration.md come from it. */
export const settingsSchema = z.strictObject({
  target: choice(["local", "hosts", "aws"], "Where the machines come from: local boots them on this computer, hosts are there already, aws makes them in an account.").default("local"),
  site: siteSettings.prefault({}),
  app: appSettings,
  rollout: rolloutSettings.prefault({}),
  gunicorn: gunicornSettings.prefault({}),
  nginx: nginxSettings.prefault({}),
  balancer: balancerSettings.prefault({}),
  authority: authoritySettings.prefault({}),
  local: localSettings.prefault({}),
  hosts: hostsSettings,
  aws: awsSettings,
});

type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** The settings of a stack: complete, validated, frozen, without secrets. */
export type Settings = DeepReadonly<z.infer<typeof settingsSchema>>;

/** Settings of target aws. */
export type AwsSettings = NonNullable<Settings["aws"]>;

/** Settings of target hosts. */
export type HostsSettings = NonNullable<Settings["hosts"]>;
