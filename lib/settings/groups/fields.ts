import { isIP } from "node:net";
import { z } from "zod";

/**
 * Building blocks of the settings schema. Each field carries `about` (meaning and consequence of a
 * change) and `allowed` (what a value may be); faults and docs/configuration.md are made of both.
 */
export interface FieldTexts {
  about: string;
  allowed: string;
}

export function wholeNumber(unit: string, min: number, max: number, about: string) {
  const allowed = `a whole number of ${unit} from ${min} to ${max}`;
  return z
    .number({ error: allowed })
    .int({ error: allowed })
    .min(min, { error: allowed })
    .max(max, { error: allowed })
    .meta({ about, allowed });
}

/** A whole number, or another form of value with the same `allowed` text. */
export function wholeNumberOr<Other extends z.ZodType>(
  min: number,
  max: number,
  other: (allowed: string) => Other,
  { about, allowed }: FieldTexts,
) {
  const number = z
    .number({ error: allowed })
    .int({ error: allowed })
    .min(min, { error: allowed })
    .max(max, { error: allowed });
  return z.union([number, other(allowed)], { error: allowed }).meta({ about, allowed });
}

export function text(pattern: RegExp, allowed: string, about: string) {
  return z.string({ error: allowed }).regex(pattern, { error: allowed }).meta({ about, allowed });
}

/**
 * The public half of a host key. Not of RSA, which the vendor's plugin `command` finds wrong at every sshd of today, after
 * more than four minutes.
 */
export function publicKey(about: string) {
  return text(
    /^(ssh-ed25519|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/=]+$/,
    "a public key as in authorized_keys, ssh-ed25519 or ecdsa-sha2, without comment",
    about,
  );
}

export function flag(about: string) {
  const allowed = "true or false";
  return z.boolean({ error: allowed }).meta({ about, allowed });
}

export function choice<const Values extends readonly [string, ...string[]]>(values: Values, about: string) {
  const allowed = `one of: ${values.join(", ")}`;
  return z.enum(values, { error: allowed }).meta({ about, allowed });
}

export function listOf(pattern: RegExp, item: string, about: string) {
  const allowed = `a list of ${item}`;
  return z
    .array(z.string({ error: allowed }).regex(pattern, { error: allowed }), { error: allowed })
    .meta({ about, allowed });
}

/** Addresses, and networks as address/length; the whole internet is none. */
export function listOfNetworks(about: string) {
  const allowed = "a list of addresses, or networks such as 10.0.0.0/8";
  return z
    .array(z.string({ error: allowed }).refine(isNetwork, { error: allowed }), { error: allowed })
    .meta({ about, allowed });
}

function isNetwork(text: string): boolean {
  const [address = "", length, ...rest] = text.split("/");
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return (
    bits > 0 && rest.length === 0 && (length === undefined || (/^[1-9]\d{0,2}$/.test(length) && Number(length) <= bits))
  );
}

/** A path below a site, as it stands in a request: no blanks, quotes or Nginx syntax. */
export const urlPath = /^\/[A-Za-z0-9._~\-/]*$/;
export const secretName = /^[a-z][A-Za-z0-9]{0,62}$/;
export const domainName = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)+$/;
/** A folder or file of the checkout or outside it; it never reaches a shell. */
export const filePath = /^[^\0\n]+$/;
