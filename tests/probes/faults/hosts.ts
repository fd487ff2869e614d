import { group, type Probe } from "../probe";

/** What a host is, how it is reached and called, and what is wrong with it. */
export const hosts: readonly Probe[] = [
  ...group({ jest: ["unit/answer.test.ts"] }, [
    {
      name: "escape sequences of a host reach the terminal",
      file: "printable.ts",
      find: 'return text.replace(/(?![\\n\\t])\\p{Cc}/gu, " ");',
      replace: "return text;",
    },
    {
      name: "an answer that is no object is taken",
      file: "hosts/answer.ts",
      find: 'typeof value === "object" && value !== null ? (value as T) : undefined',
      replace: "value as T",
    },
  ]),
  ...group({ jest: ["unit/ssh.test.ts"] }, [
    { name: "IdentityAgent of the user", file: "ssh.ts", find: '    IdentityAgent: "none",\n', replace: "" },
    { name: "any key of the user", file: "ssh.ts", find: 'IdentitiesOnly: "yes"', replace: 'IdentitiesOnly: "no"' },
    { name: "host keys of the user", file: "ssh.ts", find: '    GlobalKnownHostsFile: "/dev/null",\n', replace: "" },
    {
      name: "an unknown host key is taken",
      file: "ssh.ts",
      find: 'StrictHostKeyChecking: "yes"',
      replace: 'StrictHostKeyChecking: "accept-new"',
    },
    {
      name: "configuration of the user",
      file: "ssh.ts",
      find: 'return ["-F", "/dev/null", ...words,',
      replace: "return [...words,",
    },
    { name: "a key that others read", file: "ssh.ts", find: "{ mode: 0o600 }", replace: "{ mode: 0o644 }" },
    { name: "a host that died is waited for", file: "ssh.ts", find: '    ServerAliveInterval: "5",\n', replace: "" },
    { name: "ssh prompts a person", file: "ssh.ts", find: '    BatchMode: "yes",\n', replace: "" },
  ]),
  ...group({ jest: ["unit/typescript.test.ts"] }, [
    {
      name: "a changed module runs as it was compiled before",
      file: "base/typescript.js",
      find: "[version, options, source]",
      replace: "[version, options]",
    },
    {
      name: "compiled modules that others read",
      file: "base/typescript.js",
      find: "mode: 0o700",
      replace: "mode: 0o755",
    },
  ]),
  ...group({ jest: ["unit/stepWatch.test.ts"] }, [
    {
      name: "an engine waits without end for a silent host",
      file: "update/stepWatch.ts",
      find: "      ending.abort();\n",
      replace: "",
    },
    {
      name: "an engine that heeds no interrupt goes on",
      file: "base/engine.ts",
      find: 'killing = setTimeout(() => pass("SIGKILL"), endingMilliseconds);',
      replace: "",
    },
  ]),
  ...group({ jest: ["unit/updates.test.ts"] }, [
    {
      name: "a state is not read again after an update that logged nothing",
      file: "update/updates.ts",
      find: "each.length > 0 && ",
      replace: "",
    },
    {
      name: "hosts go back after an update that changed nothing",
      file: "update/updates.ts",
      find: "begun: !changedNothing(events)",
      replace: "begun: true",
    },
  ]),
  ...group({ jest: ["unit/restarting.test.ts"] }, [
    {
      name: "a balancer that does not answer stops a restart after the first host",
      file: "update/restarting.ts",
      find: "return judged ? checkByBalancer(hosts, host) : undefined",
      replace: "return checkByBalancer(hosts, host)",
    },
  ]),
  ...group({ jest: ["unit/survey.test.ts"] }, [
    {
      name: "a host with an earlier program is not examined",
      file: "hosts/survey.ts",
      find: "lookForChanges(hosts, withEarlierProgram(present))",
      replace: "lookForChanges(hosts, [])",
    },
    {
      name: "a host whose program fails counts as silent",
      file: "hosts/hosts.ts",
      find: ".filter(({ letIn }) => !letIn)",
      replace: '.filter(({ complaint }) => complaint !== "")',
    },
  ]),
  ...group({ jest: ["unit/roles.test.ts"] }, [
    {
      name: "maskedUnits of a role",
      file: "hosts/contents.ts",
      find: "maskedUnits: [distributionNginx]",
      replace: "maskedUnits: []",
    },
    {
      name: "a role without the timer of leases",
      file: "hosts/contents.ts",
      find: '    "portico-lease.timer",\n    "portico-logrotate.timer",\n',
      replace: '    "portico-logrotate.timer",\n',
    },
    {
      name: "given hosts have no other listeners",
      file: "hosts/contents.ts",
      find: 'onlyOnes: settings.target !== "hosts"',
      replace: "onlyOnes: true",
    },
    {
      name: "hosts of two platforms get one bundle",
      file: "hosts/contents.ts",
      find: "...(platforms.size > 1 ? [host.platform.id] : []),",
      replace: "",
    },
  ]),
  ...group({ jest: ["unit/hostCommands.test.ts"] }, [
    {
      name: "the limit of a call ends sudo alone",
      file: "lib/hosts/commands.ts",
      find: '"sudo", "-n", "timeout", "--kill-after=10", String(seconds), "python3"',
      replace: '"timeout", "--kill-after=10", String(seconds), "sudo", "-n", "python3"',
    },
    {
      name: "a damaged bundle runs",
      file: "lib/hosts/commands.ts",
      find: "sha256sum --check --status - || {",
      replace: "sha256sum --check --status - || true || {",
    },
    {
      name: "maskedUnits start with their package",
      file: "lib/hosts/commands.ts",
      find: '|| systemctl mask --quiet "$unit" 2>/dev/null; done',
      replace: "|| true; done",
    },
    {
      name: "the host program reads modules of its folder",
      file: "lib/hosts/commands.ts",
      find: '"python3", "-I", path, command',
      replace: '"python3", path, command',
    },
    {
      name: "incoming files are open to readers",
      file: "lib/hosts/commands.ts",
      find: "`umask 077; mkdir -p ${incomingFolder}`",
      replace: "`mkdir -p ${incomingFolder}`",
    },
    {
      name: "a new host key is open for a moment",
      file: "lib/hosts/commands.ts",
      find: '    "umask 077",\n    `cat',
      replace: "    `cat",
    },
    {
      name: "half a host key is installed",
      file: "lib/hosts/commands.ts",
      find: "    `cat >${ownHostKey}.new`,\n",
      replace: "    `cat >${ownHostKey}.new; cp ${ownHostKey}.new ${ownHostKey}`,\n",
    },
    {
      name: "packages that are there are installed",
      file: "lib/hosts/commands.ts",
      find: `    '[ -n "$missing" ] || exit 0',\n`,
      replace: "",
    },
  ]),
  ...group({ jest: ["unit/doctor.test.ts"] }, [
    {
      name: "escape sequences of a host that is examined reach the terminal",
      file: "doctor/index.ts",
      find: "(answer.output += printable(chunk.toString()))",
      replace: "(answer.output += chunk.toString())",
    },
    {
      name: "an answer that was cut off is a diagnosis",
      file: "doctor/index.ts",
      find: "if (!output.trimEnd().endsWith(lastWord)) return",
      replace: 'if (output === "") return',
    },
    {
      name: "a clock ahead is fine",
      file: "findings.ts",
      find: "if (Math.abs(ahead) <= clockToleranceSeconds) return [];",
      replace: "if (ahead >= -clockToleranceSeconds) return [];",
    },
    {
      name: "too little memory is fine",
      file: "findings.ts",
      find: "return found >= wanted\n",
      replace: "return found > 0\n",
    },
    {
      name: "Portico's own Nginx is a foreign server",
      file: "findings.ts",
      find: ".filter(([, , unit]) => unit !== ownUnit)",
      replace: "",
    },
  ]),
  ...group({ jest: ["unit/hostCheck.test.ts"] }, [
    {
      name: "a host that was not checked is fine",
      file: "lib/hosts/check.ts",
      find: "if (checked.some(({ examination }) => examination === undefined)) return 1;",
      replace: "if (checked.every(({ examination }) => examination === undefined)) return 1;",
    },
    {
      name: "a host with another state is left",
      file: "lib/hosts/check.ts",
      find: "recorded !== undefined && examination.state !== recorded",
      replace: "recorded !== undefined && examination.state === null",
    },
  ]),
];
