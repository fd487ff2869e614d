import type { Fault } from "../../../settings";
import { namesOutside } from "./certificateNames";

/** A hosted zone as AWS describes it; undefined when there is none of this id in the account. */
export interface FoundZone {
  id: string;
  found?: { name: string; privateZone?: boolean };
}

const key = "aws.certificate.zoneId";

/** Records elsewhere are found by nobody: the certificate would wait for its validation until it gives up. */
export function hostedZoneFaults({ id, found }: FoundZone, names: readonly string[]): Fault[] {
  if (found === undefined)
    return [
      {
        key,
        value: id,
        allowed: "a hosted zone of this account",
        remedy: "mend the id; `aws route53 list-hosted-zones` lists them",
      },
    ];
  const apex = found.name.replace(/\.$/, "");
  const outside = namesOutside(apex, names);
  return [
    ...(found.privateZone
      ? [
          {
            key,
            value: id,
            allowed: "a public hosted zone; this one is private",
            remedy: "set the public zone of the site's names",
          },
        ]
      : []),
    ...(outside.length > 0
      ? [
          {
            key,
            value: id,
            allowed: `the zone of all names of site.domains and aws.certificate.alternativeNames; it is that of ${apex}, without ${outside.join(", ")}`,
            remedy: "set the zone that holds them, or remove the names",
          },
        ]
      : []),
  ];
}
