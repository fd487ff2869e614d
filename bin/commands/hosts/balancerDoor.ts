import type { Moved } from "../../../lib/hosts/protocol";
import type { Hosts } from "./hosts";

/** Limit for the balancer's part. */
const moveSeconds = 60;

/**
 * Has the balancer leave hosts out, or take them in again, and says what came of it. A balancer that is no host of ours sees by itself who
 * answers. Answers false where a host could have been moved and was not.
 */
export async function moveHosts(
  hosts: Hosts,
  verb: "drain" | "resume",
  names: readonly string[],
  why: string,
): Promise<boolean> {
  const { balancer } = hosts;
  // Of a single host there is nothing to choose.
  if (names.length === 0 || balancer === undefined || hosts.applicationHosts.length < 2) return true;
  const [silence] = await hosts.findSilent([balancer]);
  if (silence !== undefined) {
    process.stderr.write(
      `portico: ${balancer} does not answer, so it did not ${verb} ${names.join(", ")}: ${silence.complaint}\n`,
    );
    return false;
  }
  let moved = true;
  for (const host of names.filter((name) => name !== balancer))
    moved = (await moveHost(hosts, balancer, verb, { host, why })) && moved;
  return moved;
}

async function moveHost(
  hosts: Hosts,
  balancer: string,
  verb: "drain" | "resume",
  move: { host: string; why: string },
): Promise<boolean> {
  const [answer] = await hosts.call([balancer], verb, move, { seconds: moveSeconds });
  const { result, unknown, complaint } = answer!;
  if (unknown) {
    // An update brings a balancer that has the command; until then nobody was left out.
    if (verb === "drain")
      process.stderr.write(`portico: ${balancer} cannot leave ${move.host} out before its next update\n`);
    return true;
  }
  if (result === undefined) {
    process.stderr.write(`portico: ${balancer} did not ${verb} ${move.host}: ${complaint.trim()}\n`);
    return false;
  }
  const wanted = verb === "drain";
  const done = result.out === wanted;
  const said = wanted ? saidOfDrain(move.host, result) : saidOfResume(move, result);
  (done ? process.stdout : process.stderr).write(`portico: ${balancer} ${said}\n`);
  return done;
}

function saidOfDrain(host: string, { out, serving }: Moved): string {
  return out ? `leaves ${host} out; serving: ${serving.join(", ")}` : `keeps ${host}: no other host would be left`;
}

function saidOfResume({ host, why }: { host: string; why: string }, { out }: Moved): string {
  return out ? `still leaves ${host} out: it does not answer there` : `sends requests to ${host} again: ${why}`;
}
