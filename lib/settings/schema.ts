import { z } from "zod";
import { appSettings, rolloutSettings } from "./appSettings";
import { choice, domainName, listOf } from "./fields";
import { localSettings } from "./localSettings";
import { balancerSettings, gunicornSettings, nginxSettings } from "./serverSettings";

const siteSettings = z
  .strictObject({
    domains: listOf(domainName, "domain names in lower case", "Names that the site answers to; any other Host gets no application. On target local the balancer's address is added.").default(["portico.internal"]),
  })
  .meta({ about: "The site" });

/** One schema for all that a stack file may say; validation and docs/configuration.md come from it. */
export const settingsSchema = z.strictObject({
  target: choice(["local"], "Where the machines come from: local boots them on this computer.").default("local"),
  site: siteSettings.prefault({}),
  app: appSettings,
  rollout: rolloutSettings.prefault({}),
  gunicorn: gunicornSettings.prefault({}),
  nginx: nginxSettings.prefault({}),
  balancer: balancerSettings.prefault({}),
  local: localSettings.prefault({}),
});

type DeepReadonly<T> = T extends (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** The settings of a stack: complete, validated, frozen, without secrets. */
export type Settings = DeepReadonly<z.infer<typeof settingsSchema>>;
