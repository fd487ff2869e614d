import type { Deployment } from "../../components/stack/deploymentHistory";
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import path from "node:path";
import { Program } from "../support/programMocks";
import type { Recording } from "../support/recording";
import { readStackFile } from "../support/stackFile";
import { temporaryFolders } from "../support/temporaryFolder";
import { isSecret, isUnknown, textsOf, type Wire } from "../support/wireValues";

const makeFolder = temporaryFolders();
const file = readStackFile("dev");
let program: Program;
let started: Date;
let first: Recording;
let next: Recording;

beforeAll(async () => {
  program = new Program(makeFolder());
  started = new Date();
  first = await program.run({ file, person: "alice" });
  next = await program.run({ file, history: previous(3), person: "bob" });
});

const historyOf = (recording: Recording) => recording.outputsOf("Stack").history as unknown as Deployment[];
const releaseOf = (recording: Recording) => recording.outputsOf("Stack").release as string;

/** Deployments of other releases, one a day. */
function previous(count: number): Deployment[] {
  return Array.from({ length: count }, (_, day) => ({
    release: String(day).padStart(12, "0"),
    who: `person ${day}`,
    commit: day % 2 === 0 ? null : "0123456789ab",
    at: new Date(Date.UTC(2025, 0, 1 + day)).toISOString(),
  }));
}

describe("the history of a stack", () => {
  it("begins with its first deployment: what, who, from which commit and when", () => {
    const [entry, ...others] = historyOf(first);
    expect(others).toEqual([]);
    expect(entry).toEqual({
      release: releaseOf(first),
      who: "alice",
      commit: null,
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(Date.parse(entry!.at)).toBeGreaterThanOrEqual(started.getTime());
    expect(Date.parse(entry!.at)).toBeLessThanOrEqual(Date.now());
  });

  it("keeps the entry of the present release, whoever runs the program from wherever, and no input changes", async () => {
    const again = await program.run({ file, history: historyOf(first), person: "bob", repository: makeRepository() });
    expect(historyOf(again)).toEqual(historyOf(first));
    expect(first.changesTo(again)).toEqual([]);
  });

  it("goes on with another release, after all that were before", () => {
    expect(historyOf(next)).toEqual([
      ...previous(3),
      { release: releaseOf(next), who: "bob", commit: null, at: expect.any(String) },
    ]);
  });

  it("has a release twice that came back after another one", async () => {
    const back = await program.run({ file, history: [...historyOf(first), ...previous(1)], person: "bob" });
    expect(historyOf(back).map(({ release, who }) => ({ release, who }))).toEqual([
      { release: releaseOf(first), who: "alice" },
      { release: "000000000000", who: "person 0" },
      { release: releaseOf(first), who: "bob" },
    ]);
  });

  it("has 20 entries at most: the oldest leaves for the newest, and none leaves without one", async () => {
    const full = historyOf(await program.run({ file, history: previous(20) }));
    expect(full).toEqual([...previous(20).slice(1), expect.objectContaining({ release: releaseOf(first) })]);
    expect(historyOf(await program.run({ file, history: full }))).toEqual(full);
  });

  it.each([
    ["no list", "deployed often"],
    ["an empty list", []],
  ])("begins anew where the previous output is %s", async (_, history) => {
    const recording = await program.run({ file, history });
    expect(historyOf(recording)).toEqual([expect.objectContaining({ release: releaseOf(first) })]);
  });

  it("is plain", async () => {
    const recording = await program.run({ file, history: previous(2), person: "bob" });
    const texts = textsOf(recording.outputsOf("Stack").history, "history");
    expect(texts.filter(({ secret }) => secret)).toEqual([]);
    expect(historyOf(recording)).toEqual([
      ...previous(2),
      expect.objectContaining({ release: releaseOf(first), who: "bob" }),
    ]);
  });

  it("and the address wait until every host was confirmed: a preview does not know them yet", async () => {
    const { history, url } = (await program.run({ file, history: previous(2), preview: true })).outputsOf("Stack");
    expect([isUnknown(history), isUnknown(url)]).toEqual([true, true]);
  });
});

describe("what the program reads of previous updates", () => {
  it("is the stack's own outputs, whatever its name", async () => {
    const reads = (recording: Recording) =>
      recording.ofType(":StackReference").map(({ label, inputs }) => ({ label, inputs }));
    expect(reads(first)).toEqual([{ label: "self", inputs: { name: "organization/portico/dev" } }]);
    expect(reads(await program.run({ file, stack: "quarterly" }))).toEqual([
      { label: "self", inputs: { name: "organization/portico/quarterly" } },
    ]);
  });

  it("holds nothing up but staging", () => {
    const direct = first.resources
      .filter(({ options }) => options.dependsOn.includes("self"))
      .map(({ label }) => label);
    expect(direct.sort()).toEqual(["balancer-stage", "web-1-stage", "web-2-stage"]);
  });
});

describe("the author", () => {
  const authorFor = (host: string, recording: Recording) =>
    (JSON.parse(recording.stdinOf(`${host}-stage`)) as { author: unknown }).author;
  const hosts = ["web-1", "web-2", "balancer"];

  it("of the present release goes to the stage of every host, and nothing else of the history", async () => {
    const kept = await program.run({ file, history: [...previous(1), ...historyOf(first)], person: "bob" });
    for (const host of hosts) {
      expect(authorFor(host, kept)).toEqual({ who: "alice", commit: null });
      expect(authorFor(host, next)).toEqual({ who: "bob", commit: null });
      expect(isSecret(next.get(`${host}-stage`).inputs.stdin)).toBe(true);
    }
    expect(
      next.resources
        .filter(({ inputs }) => mentions(inputs, "bob"))
        .map(({ label }) => label)
        .sort(),
    ).toEqual(hosts.map((host) => `${host}-stage`).sort());
    expect(next.resources.filter(({ inputs }) => mentions(inputs, "person 0"))).toEqual([]);
  });

  it("is whom CI names, otherwise user and computer, with the commit of the checkout and a + for changes on top", async () => {
    const repository = makeRepository();
    const commit = git(repository, "rev-parse", "HEAD").trim().slice(0, 12);
    const clean = await program.run({ file, repository });
    writeFileSync(path.join(repository, "new"), "");
    const changed = await program.run({ file, repository, person: null });
    expect([clean, changed].map((recording) => authorFor("web-1", recording))).toEqual([
      { who: "somebody", commit },
      { who: `${userInfo().username}@${hostname()}`, commit: `${commit}+` },
    ]);
    expect(historyOf(changed)).toEqual([expect.objectContaining({ commit: `${commit}+` })]);
  });
});

function mentions(value: Wire, wanted: string): boolean {
  return textsOf(value).some(({ text }) => text.includes(wanted));
}

/** A folder with one commit in it. */
function makeRepository(): string {
  const folder = makeFolder();
  git(folder, "init", "--quiet");
  git(
    folder,
    "-c",
    "user.name=nobody",
    "-c",
    "user.email=nobody@example.org",
    "commit",
    "--quiet",
    "--allow-empty",
    "--message=first",
  );
  return folder;
}

function git(folder: string, ...words: string[]): string {
  return execFileSync("git", words, { cwd: folder, encoding: "utf8" });
}
