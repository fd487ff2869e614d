import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { sshWords } from "../../lib/base/ssh";

// A space and a percent sign, which ssh and the shell would take for something else.
const folder = mkdtempSync(path.join(tmpdir(), "portico ssh 100%-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const host = {
  host: "10.0.1.2",
  port: 2222,
  user: "admin",
  privateKey: "host login key",
  hostKey: "ssh-ed25519 AAAAHOST",
};
const jump = {
  host: "jump.example.com",
  port: 22,
  user: "ops",
  privateKey: "jump login key\n",
  hostKey: "ssh-ed25519 AAAAJUMP",
};

/** What ssh itself makes of the words. */
function configurationOf(words: readonly string[]): Record<string, string> {
  const lines = execFileSync("ssh", ["-G", ...words], { encoding: "utf8" })
    .trim()
    .split("\n");
  return Object.fromEntries(lines.map((line) => [line.split(" ")[0]!, line.slice(line.indexOf(" ") + 1)]));
}

describe("sshWords", () => {
  it("leave out the slow exchange of keys, and no other: what ssh begins with stays first", () => {
    const [usual, ours] = [["-F", "/dev/null", "web-1"], sshWords(folder, "web-1", host, [])].map((words) =>
      configurationOf(words).kexalgorithms!.split(","),
    );
    expect(ours).toEqual(usual!.filter((name) => !name.startsWith("sntrup761")));
    expect(ours).toContain("curve25519-sha256");
  });

  it("make ssh use one key and one pinned host key, ask nobody, and run the command", () => {
    const words = sshWords(folder, "web-1", host, ["uptime"]);
    expect(words.slice(-3)).toEqual(["admin@10.0.1.2", "--", "uptime"]);
    expect(configurationOf(words)).toMatchObject({
      hostname: "10.0.1.2",
      port: "2222",
      user: "admin",
      batchmode: "yes",
      stricthostkeychecking: "true",
      identitiesonly: "yes",
    });
    // Nothing of the user's: no agent, no known hosts of the computer, no configuration; and a host that died is not waited for.
    expect(configurationOf(words)).toMatchObject({
      identityagent: "none",
      globalknownhostsfile: "/dev/null",
      serveraliveinterval: "5",
      serveralivecountmax: "6",
      connecttimeout: "10",
    });
    expect(words.slice(0, 2)).toEqual(["-F", "/dev/null"]);
    expect(configurationOf(words)).toMatchObject({
      identityfile: path.join(folder, "web-1.key").replaceAll("%", "%%"),
      userknownhostsfile: path.join(folder, "web-1.known"),
    });
    expect(configurationOf(words)).not.toHaveProperty("proxycommand");
    expect(readFileSync(path.join(folder, "web-1.known"), "utf8")).toBe("[10.0.1.2]:2222 ssh-ed25519 AAAAHOST\n");
    expect(readFileSync(path.join(folder, "web-1.key"), "utf8")).toBe("host login key\n");
    expect(statSync(path.join(folder, "web-1.key")).mode & 0o777).toBe(0o600);
  });

  it("lead through another host with a key and a pinned host key of its own", () => {
    const words = sshWords(folder, "web-1", { ...host, proxy: jump }, ["uptime"]);
    const { proxycommand = "" } = configurationOf(words);
    // As ssh does before it hands the line to a shell.
    const line = proxycommand.replace(
      /%(.)/g,
      (_, token: string) => ({ "%": "%", h: host.host, p: String(host.port) })[token]!,
    );
    const inner = execFileSync("sh", ["-c", `ssh() { printf '%s\\n' "$@"; }; ${line}`], { encoding: "utf8" })
      .trim()
      .split("\n");
    expect(inner.slice(0, 2)).toEqual(["-W", "[10.0.1.2]:2222"]);
    expect(configurationOf(inner)).toMatchObject({
      hostname: "jump.example.com",
      port: "22",
      user: "ops",
      stricthostkeychecking: "true",
      identityagent: "none",
      globalknownhostsfile: "/dev/null",
      batchmode: "yes",
      identityfile: path.join(folder, "web-1-jump.key").replaceAll("%", "%%"),
    });
    expect(readFileSync(path.join(folder, "web-1-jump.known"), "utf8")).toBe("jump.example.com ssh-ed25519 AAAAJUMP\n");
  });
});
