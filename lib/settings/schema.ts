import { z } from "zod";
import { appSettings, rolloutSettings } from "./groups/app";
import { awsSettings } from "./groups/aws";
import { acmeSettings, authoritySettings, givenCertificate, siteCertificate } from "./groups/certificate";
import { firewallSettings } from "./groups/firewall";
import { choice, domainName, filePath, flag, listOf, listOfNetworks, text } from "./groups/fields";
import { redirects } from "./groups/redirects";
import { hostsSettings } from "./groups/hosts";
import { localSettings } from "./groups/local";
import { balancerSettings, gunicornSettings, nginxSettings } from "./groups/server";
import { sshSettings } from "./groups/ssh";
import { updatesSettings } from "./groups/updates";

const siteSettings = z
  .strictObject({
    domains: listOf(
      domainName,
      "domain names in lower case",
      "Names that the site answers to; any other Host gets no application. On target local the balancer's address is added.",
    ).default(["portico.internal"]),
    redirectOtherDomains: flag(
      "Whether only the first of site.domains serves the site, and a request for another one is answered with a redirect (308) to the same path there.",
    ).default(false),
    redirects: redirects.default({}),
    errorPages: text(
      filePath,
      "null, or a folder with at least one of 404.html, 413.html, 414.html, 429.html, 431.html, 503.html",
      "Pages of your own for answers that Nginx makes itself, relative to the program; 503.html for 502 and 504 as well. What the application answers is its own. They are under the site's content policy, and are no part of a release: link styles and images from the static folder by names without a hash.",
    )
      .nullable()
      .default(null),
    trustedProxies: listOfNetworks(
      "Networks of a CDN, or of other proxies, in front of the balancer: what they write in X-Forwarded-For counts as the client. Whoever else comes from there can claim any address.",
    ).default([]),
    certificate: siteCertificate.default(null),
    givenCertificate: givenCertificate.default(null),
    acme: acmeSettings.prefault({}),
  })
  .meta({ about: "The site" });

/** One schema for all that a stack file may say; validation and docs/configuration.md come from it. */
export const settingsSchema = z.strictObject({
  target: choice(
    ["local", "hosts", "aws"],
    "Where the machines come from: local boots them on this computer, hosts are there already, aws makes them in an account; it cannot be changed while the stack is up.",
  ).default("local"),
  site: siteSettings.prefault({}),
  app: appSettings,
  rollout: rolloutSettings.prefault({}),
  gunicorn: gunicornSettings.prefault({}),
  nginx: nginxSettings.prefault({}),
  balancer: balancerSettings.prefault({}),
  ssh: sshSettings.prefault({}),
  firewall: firewallSettings.prefault({}),
  updates: updatesSettings.prefault({}),
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

/** All settings as docs/configuration.md names them: `[]` for the items of a list, `NAME` for the names in a map. */
export type SettingKey = KeysOf<Settings>;

type KeysOf<Group, Prefix extends string = ""> = {
  [Key in keyof Group & string]-?: KeysAt<
    NonNullable<Group[Key]>,
    `${Prefix}${Key}`,
    null extends Group[Key] ? true : false
  >;
}[keyof Group & string];

type KeysAt<Value, Key extends string, Nullable extends boolean> = Value extends readonly (infer Item)[]
  ? Key | (Item extends object ? KeysOf<Item, `${Key}[].`> : never)
  : Value extends object
    ? string extends keyof Value
      ? Key | (Value[keyof Value] extends object ? KeysOf<Value[keyof Value], `${Key}.NAME.`> : never)
      : KeysOf<Value, `${Key}.`> | (Nullable extends true ? Key : never)
    : Key;
