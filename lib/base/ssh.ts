import { writeFileSync } from "node:fs";
import path from "node:path";
import { shellLine } from "./shellWords";

/** How a host is reached. */
export interface SshConnection {
  host: string;
  port: number;
  user: string;
  /** OpenSSH form, secret. */
  privateKey: string;
  /** Its pinned public key in authorized_keys form. */
  hostKey: string;
  /** Host through which the connection goes. */
  proxy?: SshConnection;
}

const connectSeconds = 10;

/**
 * Words for `ssh` that run `command` on a host, whatever the configuration of the user says: one key, one pinned host
 * key, no prompt; the same on the host between. Writes the keys to `folder`, which is to be private and removed
 * afterwards, under `name`.
 */
export function sshWords(
  folder: string,
  name: string,
  connection: SshConnection,
  command: readonly string[],
): string[] {
  return [...connectionWords(folder, name, connection), "--", ...command];
}

function connectionWords(
  folder: string,
  name: string,
  { host, port, user, privateKey, hostKey, proxy }: SshConnection,
): string[] {
  const write = (file: string, content: string) => {
    const target = path.join(folder, file);
    writeFileSync(target, content, { mode: 0o600 });
    // ssh takes percent signs for tokens.
    return target.replaceAll("%", "%%");
  };
  const keyFile = write(`${name}.key`, privateKey.endsWith("\n") ? privateKey : `${privateKey}\n`);
  const knownHosts = write(`${name}.known`, `${port === 22 ? host : `[${host}]:${port}`} ${hostKey.trim()}\n`);
  const options = {
    BatchMode: "yes",
    IdentityFile: `"${keyFile}"`,
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    StrictHostKeyChecking: "yes",
    // A key of sntrup761 takes 84 of the 101 ms of processor time of a login. ssh from 9.9 on begins with mlkem768x25519, which costs
    // next to nothing and stays first; with an older one at either end it is curve25519. That is as safe for logging in, and
    // what somebody keeps to read it by a quantum computer some day holds no secret: those go by the engine, which has no sntrup761.
    KexAlgorithms: "-sntrup761*",
    UserKnownHostsFile: `"${knownHosts}"`,
    GlobalKnownHostsFile: "/dev/null",
    ConnectTimeout: String(connectSeconds),
    // A host that dies under a command is found out; a busy one answers these by itself.
    ServerAliveInterval: "5",
    ServerAliveCountMax: "6",
    LogLevel: "ERROR",
    ...(proxy && { ProxyCommand: throughWords(folder, name, proxy) }),
  };
  const words = Object.entries(options).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  return ["-F", "/dev/null", ...words, "-p", String(port), `${user}@${host}`];
}

/** A command line that leads to the host behind `proxy`; ssh fills in its name and port. */
function throughWords(folder: string, name: string, proxy: SshConnection): string {
  const line = shellLine(["ssh", ...connectionWords(folder, `${name}-jump`, proxy)]).replaceAll("%", "%%");
  return line.replace(/^ssh/, "ssh -W '[%h]:%p'");
}
