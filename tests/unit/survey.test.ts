import type { Hosts } from "../../bin/commands/hosts/hosts";
import { readReports, surveyHosts } from "../../bin/commands/hosts/survey";

type Answer = { result?: unknown; complaint?: string; unknown?: boolean; letIn?: boolean };

const examination = { state: "key", time: Date.now() / 1000, differences: [], deliberate: [], drained: [] };
const status = { current: { key: "key", release: "r1" }, good: ["r1"] };
const answering = { answers: true, got: "GET /: 200" };

/** Hosts that answer each command as the test says; `calls` are all that were made. */
function fleet(answers: Record<string, Record<string, Answer>>): { hosts: Hosts; calls: string[] } {
  const calls: string[] = [];
  const hosts = {
    applicationHosts: ["web-1", "web-2"],
    step: (host: string) => (host === "new" ? undefined : {}),
    call: (names: string[], command: string, input: object) => {
      calls.push(...names.map((name) => `${name} ${command} ${JSON.stringify(input)}`));
      return Promise.resolve(
        names.map((host) => ({ host, complaint: "", unknown: false, letIn: true, ...answers[host]?.[command] })),
      );
    },
  };
  return { hosts: hosts as unknown as Hosts, calls };
}

it("asks a host all that an update has to know by one call", async () => {
  const { hosts, calls } = fleet({ "web-1": { survey: { result: { status, answers: answering, examination } } } });
  expect(await surveyHosts(hosts, ["web-1"])).toEqual({
    silent: [],
    reports: [{ host: "web-1", status }],
    checked: [{ host: "web-1", examination, complaint: "" }],
  });
  expect(calls).toEqual(['web-1 survey {"examine":true}']);
});

it("says nothing of a host that lets nobody in but that", async () => {
  const { hosts } = fleet({ "web-1": { survey: { letIn: false, complaint: "timed out\n" } } });
  expect(await surveyHosts(hosts, ["web-1"])).toEqual({
    silent: [{ host: "web-1", complaint: "timed out" }],
    reports: [],
    checked: [],
  });
});

it("takes a host that lets us in and whose program fails for one that is there", async () => {
  const { hosts } = fleet({ "web-1": { survey: { complaint: "no sudo" } } });
  expect(await surveyHosts(hosts, ["web-1"])).toEqual({
    silent: [],
    reports: [{ host: "web-1", status: undefined }],
    checked: [{ host: "web-1", examination: undefined, complaint: "no sudo" }],
  });
});

it("reports an application that hangs, and examines no host that was never activated", async () => {
  const hanging = { answers: false, got: "GET /healthz: no answer" };
  const { hosts } = fleet({ new: { survey: { result: { status: null, answers: hanging, examination } } } });
  const { reports, checked } = await surveyHosts(hosts, ["new"]);
  expect(reports).toEqual([{ host: "new", status: undefined, hangs: "GET /healthz: no answer" }]);
  expect(checked).toEqual([]);
});

it("asks a host with an earlier program by the commands that it has", async () => {
  const { hosts, calls } = fleet({
    "web-1": {
      survey: { unknown: true, complaint: "command: got survey;" },
      status: { result: status },
      answers: { result: { answers: false, got: "nothing" } },
      check: { result: examination },
    },
    "web-2": { survey: { result: { status, answers: answering, examination } } },
  });
  expect(await surveyHosts(hosts, ["web-1", "web-2"])).toEqual({
    silent: [],
    reports: [
      { host: "web-1", status, hangs: "nothing" },
      { host: "web-2", status },
    ],
    checked: [
      { host: "web-2", examination, complaint: "" },
      { host: "web-1", examination, complaint: "" },
    ],
  });
  expect(calls.slice(2).sort()).toEqual(["web-1 answers {}", "web-1 check {}", "web-1 status {}"]);
});

it("after an update asks only whether all serve", async () => {
  const { hosts, calls } = fleet({
    "web-1": { survey: { result: { status, answers: answering, examination: null } } },
  });
  expect(await readReports(hosts, ["web-1"])).toEqual([{ host: "web-1", status }]);
  expect(calls).toEqual(['web-1 survey {"examine":false}']);
});
