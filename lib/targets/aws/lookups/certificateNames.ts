import type { Settings } from "../../../settings";

/** All names of a certificate from ACM: the first one is its subject. */
export function certificateNames({ site, aws }: Settings): string[] {
  const wildcard = aws?.certificate?.wildcard ? [`*.${site.domains[0]}`] : [];
  return [...new Set([...site.domains, ...(aws?.certificate?.alternativeNames ?? []), ...wildcard])];
}

/** The names to prove: a wildcard is proven by the record of the name below it. */
export function validationNames(names: readonly string[]): string[] {
  return [...new Set(names.map(withoutWildcard))];
}

export function withoutWildcard(name: string): string {
  return name.replace(/^\*\./, "");
}

/** Names that the zone of `apex` cannot hold records of. */
export function namesOutside(apex: string, names: readonly string[]): string[] {
  return names.map(withoutWildcard).filter((name) => name !== apex && !name.endsWith(`.${apex}`));
}
