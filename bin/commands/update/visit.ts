import { lookup } from "node:dns/promises";
import { existsSync, readFileSync } from "node:fs";
import { request } from "node:https";
import { isIP } from "node:net";
import { rootCertificates } from "node:tls";
import { setTimeout as wait } from "node:timers/promises";
import type { Door, Visit } from "../../../lib/rollout/visit";

/** Where Debian and Ubuntu keep the authorities that this computer trusts; Node has a list of its own. */
const systemAuthorities = "/etc/ssl/certs/ca-certificates.crt";
/** Beyond the longest silence that Nginx allows an application by default. */
const answerMilliseconds = 40_000;
/** A limit of requests is no answer of the site: the request is retried. */
const attempts = 3;
const port = 443;
const unknownAuthority = /unable to (verify the first|get (local )?issuer) certificate|self-signed certificate/;

/** Requests the paths one after another, as a visitor does: by the site's name, its certificate verified. */
export async function visit(
  door: Door,
  ownAuthority: string,
  paths: readonly string[],
  atPort = port,
): Promise<Visit[]> {
  const authorities = believed(door, ownAuthority);
  const visits: Visit[] = [];
  for (const path of paths) {
    let found = await getVerified(door, authorities, path, atPort);
    for (let attempt = 1; found.status === 429 && attempt < attempts; attempt += 1) {
      await wait(1000);
      found = await getVerified(door, authorities, path, atPort);
    }
    visits.push(found);
  }
  return visits;
}

/** Before the first certificate was issued by ACME, there is one of the stack's own authority in its place. */
function believed({ certificate }: Door, ownAuthority: string): string[] {
  if (certificate === "private") return [ownAuthority];
  const known = existsSync(systemAuthorities) ? [readFileSync(systemAuthorities, "utf8")] : [];
  return [...rootCertificates, ...known, ...(certificate === "acme" ? [ownAuthority] : [])];
}

/** A given certificate may be of an authority that visitors trust and this computer does not: the answer counts, with a warning. */
async function getVerified(door: Door, ca: string[], path: string, atPort: number): Promise<Visit> {
  const found = await get(door, ca, path, atPort, door.certificate !== "self-signed");
  if (door.certificate === "private" || found.status !== undefined || !unknownAuthority.test(found.complaint))
    return found;
  return { ...(await get(door, ca, path, atPort, false)), complaint: found.complaint };
}

function get(
  { name, address }: Door,
  ca: string[],
  path: string,
  atPort: number,
  rejectUnauthorized: boolean,
): Promise<Visit> {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  return new Promise((resolve) => {
    const servername = isIP(name) === 0 ? { servername: name } : {};
    const headers = { host: name, "user-agent": "portico", connection: "close" };
    const outgoing = request(
      {
        host: address ?? name,
        port: atPort,
        path,
        ca,
        rejectUnauthorized,
        ...servername,
        headers,
        agent: false,
        timeout: answerMilliseconds,
      },
      (response) => {
        response.resume();
        resolve({ path, status: response.statusCode, complaint: "", seconds: seconds() });
        // The status is all that counts; a page that never ends is not waited for.
        outgoing.destroy();
      },
    );
    outgoing.on("timeout", () => outgoing.destroy(new Error(`none within ${answerMilliseconds / 1000} s`)));
    outgoing.on("error", (error) => resolve({ path, status: undefined, complaint: error.message, seconds: seconds() }));
    outgoing.end();
  });
}

/** Whether DNS, as this computer sees it, leads the name to the door. */
export async function isResolved({ name, address }: Door): Promise<boolean> {
  try {
    const found = await lookup(name, { all: true });
    return address === undefined || found.some((each) => each.address === address);
  } catch {
    return false;
  }
}
