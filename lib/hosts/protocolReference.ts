import { contract } from "../base/contract";
import { hostCommands, type CommandName } from "./protocol";

interface Described {
  does: string;
  root: boolean;
  waits: boolean;
  list: boolean;
  input: Record<string, string>;
  output: Record<string, string>;
}

/** The whole of docs/host-program.md, made of what the host program itself reads. */
export function protocolReference(): string {
  const names = Object.keys(hostCommands) as CommandName[];
  return [introduction, ...names.map((name) => section(name, hostCommands[name]))].join("\n");
}

const { done, failed, wrongCall, busy, notRun } = contract.exitCodes;
const { command, state } = contract.paths;

const introduction = `# The program on a host

<!-- Made by bin/docs out of hostProgram/portico_host/base/commands.json and contract.json. -->

\`${command} COMMAND\`, or \`python3 -I BUNDLE${contract.files.bundleEnding} COMMAND\` out of a bundle, which is how the engine calls it. Input is one JSON object on standard input, as it may hold secrets; keys that
a command does not use are ignored. The answer is one line of JSON on standard output; progress and errors go to standard error, without a secret.
A host may run the program of another version than the deployer's: an answer may lack keys, or have more.

| exit code | |
|---|---|
| ${done} | done |
| ${failed} | failed, or \`check\` found something; what was begun is undone |
| ${wrongCall} | the command or its input is not what it takes, or it is not run by root; nothing was touched |
| ${busy} | another call works on this host and did not end in time; nothing was touched |

## What it keeps

Each file of JSON below \`${state}\` and \`${contract.paths.application}\` carries a format number, today 1. A file without one is of format 1. Unknown keys are passed over, and stay in the
record; a newer format is refused with the name of the file and the way out, and left as it is. So a host can be taken back to the program before: that reads what this one left.

| file | what |
|---|---|
| \`record.json\` | what is current, what was before, verdicts and transactions |
| \`manifest.json\` | the managed files, and what their changes still have to cause |
| \`lease.json\` | a switch that waits for its confirmation |
| \`taken-back.json\` | what was staged when an operator rolled back |
| \`acme/attempts.json\` | orders of the site's certificate that failed; what was issued lies beside it, key first |
| \`drained.json\` | hosts that are out for work; the number stands in each mark |
| \`staged/KEY/plan.json\` | a staged state; in it the description of its bundle, with a number of its own |
| \`contents.json\` of a release or an environment | its files with their hashes |
| \`/run/portico-watch/state.json\` | the state of the health check; gone after a boot, and begun anew where it cannot be read |
| \`${contract.paths.unreachedHosts}\` | the hosts whose connections were ended last, as a filter of \`ss\` |
| \`/var/lib/private/portico-observe/*-position.json\` | how far the logs were sent |

Beside them there are marks that say all by being there (\`mended-RELEASE\`, \`lost-archive\`, \`complete\` of an environment, \`any-caller\` of a host that is to answer
its balancer alone and does not know it yet), a random key, and what others gave the form of: systemd's units, Nginx's list of hosts and their names,
\`${contract.files.releaseDescription}\` of a release. \`byte-code/\` has this program compiled for the Python of the host: without it a start takes longer, and that is all.
`;

/** Commands that take or give something else than JSON. */
const others: Partial<Record<CommandName, { codes: string; input: string; output: string }>> = {
  steps: { codes: `${done}, ${wrongCall}`, input: "It takes no input.", output: "It prints one step a line." },
  run: {
    codes: `${done} or what the command ends with, ${wrongCall}, ${notRun} where it was not run`,
    input: "Its input is that of the command.",
    output: "It prints what the command prints.",
  },
};

function section(name: CommandName, { does, root, waits, list, input, output }: Described): string {
  const usual = {
    codes: [done, failed, wrongCall, ...(waits ? [busy] : [])].join(", "),
    input: "It takes no input.",
    output: "It prints no answer.",
  };
  const words = others[name] ?? usual;
  return [
    `## \`${name}\``,
    "",
    `${does[0]!.toUpperCase()}${does.slice(1)}. Exit codes ${words.codes}${root ? "" : "; needs no root"}.`,
    "",
    ...table("input", input, words.input),
    ...table(list ? "output, a list of" : "output", output, words.output),
  ].join("\n");
}

function table(title: string, keys: Record<string, string>, nothing: string): string[] {
  const rows = Object.entries(keys);
  if (rows.length === 0) return [nothing, ""];
  return [`| ${title} | |`, "|---|---|", ...rows.map(([key, about]) => `| \`${key}\` | ${about} |`), ""];
}
