import { parseSettings } from "../../../lib/settings";
import { curlWords, doorOf, checkVisits, visitPaths, type Door, type Visit } from "../../../lib/rollout/visit";
import { givenSettings } from "../state/stackFile";
import { isResolved, visit } from "./visit";

export interface SiteOutputs {
  caCertificate: string;
  hosts: { name: string; role: string; address: string }[];
}

export interface SiteAnswer {
  /** Words of a command that requests the home page again and trusts the authority in the file `authority`. */
  curl: (authority: string) => string;
  /** Each request and its answer, a line each. */
  lines: string[];
  /** False when visitors get a failure, which was printed on standard error. */
  good: boolean;
}

/** Requests the site from here as a visitor does. Errors, with `remedy`, and warnings go to standard error. */
export async function checkSite(
  stack: string,
  { caCertificate, hosts }: SiteOutputs,
  remedy: string,
): Promise<SiteAnswer> {
  const settings = parseSettings(givenSettings(stack));
  const door = doorOf(settings, hosts);
  const [visits, resolved] = await Promise.all([visit(door, caCertificate, visitPaths(settings)), isResolved(door)]);
  const { faults, warnings } = checkVisits(visits, settings);
  warnings.forEach((line) => process.stderr.write(`portico: warning: ${line}\n`));
  const complaint = [
    `portico: the site ${door.name} does not answer visitors as it should:`,
    ...faults.map((line) => `           ${line}`),
    `         ${remedy}`,
    "",
  ];
  if (faults.length > 0) process.stderr.write(complaint.join("\n"));
  const { homePath, readyPath } = settings.app;
  return {
    curl: (authority) => curlWords(door, homePath ?? readyPath, { authority, resolved }),
    lines: visits.map((each) => describeVisit(door, each)),
    good: faults.length === 0,
  };
}

function describeVisit({ name }: Door, { path, status, complaint, seconds }: Visit): string {
  return `${`GET https://${name}${path}`.padEnd(44)} ${status ?? `no answer: ${complaint}`} in ${seconds.toFixed(3)} s`;
}
