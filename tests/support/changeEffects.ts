import { balancerFiles } from "../../lib/hostFiles/balancer";
import type { Effect as FileEffect } from "../../lib/hostFiles/hostFile";
import { effects, type Effect } from "../../lib/settings/changes";
import { webFiles } from "../../lib/hostFiles/webHost";
import { baselinePlan, baselineSettings } from "./baseline";
import type { Recording } from "./recording";
import type { RecordedResource } from "./recordingMonitor";
import { reveal } from "./wireValues";

/** Inputs of an instance that AWS changes as it runs. */
const changedInPlace = [
  "monitoring",
  "disableApiTermination",
  "forceDestroy",
  "rootBlockDevice",
  "tags",
  "tagsAll",
  "vpcSecurityGroupIds",
  "iamInstanceProfile",
];
const ofFiles: Record<FileEffect, Effect> = {
  nginx: "reload",
  nginxUnit: "replacement",
  app: "new slot",
  appUnit: "new slot",
  systemd: "nothing",
  sysctl: "nothing",
  tmpfiles: "nothing",
  journal: "nothing",
  sshd: "nothing",
  firewall: "in place",
  agent: "nothing",
  none: "nothing",
};

/** What happens to a stack that is up between two runs of its program: read off what the engine was told. */
export function effectsBetween(before: Recording, after: Recording): Effect[] {
  const found = new Set<Effect>([
    ...machineEffects(before, after),
    ...fileEffects(before, after),
    ...secretEffects(before, after),
    ...cloudEffects(before, after),
  ]);
  found.delete("nothing");
  // What new machines are made of is told to no other.
  if (found.has("replacement") && allReplaced(before, after))
    for (const effect of ["reload", "new slot"] as const) found.delete(effect);
  return found.size === 0 ? ["nothing"] : effects.filter((effect) => found.has(effect));
}

function machineEffects(before: Recording, after: Recording): Effect[] {
  const machines = (recording: Recording) =>
    new Map(
      recording.resources
        .filter(({ type }) => /:(LocalMachine|Instance)$/.test(type))
        .map((each) => [each.label, each]),
    );
  const [old, now] = [machines(before), machines(after)];
  const come = [...now.keys(), ...old.keys()].filter((label) => !old.has(label) || !now.has(label));
  const other = [...now].filter(
    ([label, { inputs }]) => old.has(label) && JSON.stringify(old.get(label)!.inputs) !== JSON.stringify(inputs),
  );
  const hosts = (recording: Recording) =>
    [...new Set(recording.labels.filter((label) => label.endsWith("-ready")))].length;
  return [
    ...(come.length > 0 || hosts(before) !== hosts(after) ? ["machines" as const] : []),
    ...other.map(([label, resource]) => (replaces(old.get(label)!, resource) ? "replacement" : "in place") as Effect),
  ];
}

function replaces(old: RecordedResource, now: RecordedResource): boolean {
  if (!now.type.endsWith(":Instance")) return false;
  const differs = (key: string) => JSON.stringify(old.inputs[key]) !== JSON.stringify(now.inputs[key]);
  return Object.keys({ ...old.inputs, ...now.inputs }).some((key) => differs(key) && !changedInPlace.includes(key));
}

function allReplaced(before: Recording, after: Recording): boolean {
  const old = new Map(before.resources.map((resource) => [resource.label, resource]));
  return after.resources
    .filter(({ type }) => type.endsWith(":Instance"))
    .every((each) => old.has(each.label) && replaces(old.get(each.label)!, each));
}

function fileEffects(before: Recording, after: Recording): Effect[] {
  const known = effectsByPath();
  const effectOf = (path: string, old: string | undefined, now: string | undefined): Effect => {
    const effect = known.get(path);
    if (effect === undefined)
      throw new Error(
        `${path}: got a file of no known effect; allowed: those of effectsByPath; add the setting that makes it there`,
      );
    if (effect === "nginxUnit" && old !== undefined && now !== undefined && withoutLimits(old) === withoutLimits(now))
      return "reload";
    return ofFiles[effect];
  };
  const roles = before.labels.filter((label) => label.startsWith("HostFiles ") && after.labels.includes(label));
  return roles.flatMap((role) => {
    const [old, now] = [before, after].map(
      (recording) => recording.get(role).inputs.files as Record<string, string>,
    ) as [Record<string, string>, Record<string, string>];
    const paths = Object.keys({ ...old, ...now }).filter((path) => old[path] !== now[path]);
    return paths.map((path) => effectOf(path, old[path], now[path]));
  });
}

/** As the host program compares a unit of Nginx. */
function withoutLimits(unit: string): string {
  return unit
    .split("\n")
    .filter((line) => !/^(LimitNOFILE|TimeoutStopSec)=/.test(line))
    .join("\n");
}

function effectsByPath(): Map<string, FileEffect> {
  const telemetry = { region: "eu-central-1", environment: "x" } as never;
  const plan = { ...baselinePlan("debian-13"), telemetry };
  const other = {
    app: {
      network: "none",
      data: ["uploads", "reports"],
      allowWritableExecutableMemory: true,
      allowSystemStatistics: true,
      migration: { command: ["true"], seconds: 1 },
      rootFiles: ["robots.txt"],
      processes: { worker: { command: ["true"], memoryMegabytes: 64 } },
      schedules: { nightly: { command: ["true"], calendar: "daily", memoryMegabytes: 64 } },
    },
    nginx: {
      compressPages: true,
      media: [
        { path: "/media/", folder: "uploads" },
        { path: "/files/", folder: "reports" },
      ],
    },
    site: {
      domains: ["portico.internal", "www.portico.internal"],
      redirectOtherDomains: true,
      redirects: { "/old": "/new" },
    },
  };
  const reaching = { app: { processes: other.app.processes, schedules: other.app.schedules } };
  const files = [baselineSettings(), baselineSettings(reaching), baselineSettings(other)].flatMap((settings) => [
    ...webFiles(settings, plan),
    ...balancerFiles(settings, plan),
  ]);
  return new Map(files.map(({ path, effect }) => [path, effect]));
}

/** What a stage is given on standard input, as far as it is the release, a secret of the application or a certificate, and what certificates are made of. */
function secretEffects(before: Recording, after: Recording): Effect[] {
  const stages = before.labels.filter((label) => label.endsWith("-stage") && after.labels.includes(label));
  const signed: Effect[] = certificatesDiffer(before, after) ? ["reload"] : [];
  return [
    ...signed,
    ...stages.flatMap((label): Effect[] => {
      const [old, now] = [before, after].map(
        (recording) => JSON.parse(recording.stdinOf(label)) as Record<string, unknown>,
      ) as [Record<string, unknown>, Record<string, unknown>];
      const differs = (key: string) => JSON.stringify(old[key]) !== JSON.stringify(now[key]);
      return [
        ...(differs("release") || differs("secrets") ? (["new slot"] as const) : []),
        ...(differs("secretFiles") ? (["reload"] as const) : []),
      ];
    }),
  ];
}

/** A host under another name has a certificate under another name; one more host is no matter of those that were there. */
function certificatesDiffer(before: Recording, after: Recording): boolean {
  const certificates = (recording: Recording) =>
    recording.resources.filter(({ type }) => /:(LocallySigned|SelfSigned)Cert$/.test(type));
  const [old, now] = [certificates(before), certificates(after)];
  // When it will be made anew is the provider's own matter: it signs nothing for that.
  const signed = ({ inputs }: RecordedResource) => JSON.stringify({ ...inputs, earlyRenewalHours: undefined });
  const known = new Map(old.map((each) => [each.label, signed(each)]));
  if (old.length === now.length && now.some(({ label }) => !known.has(label))) return true;
  return now.some((each) => known.has(each.label) && known.get(each.label) !== signed(each));
}

/** All of AWS but the machines and what belongs to one alone. */
function cloudEffects(before: Recording, after: Recording): Effect[] {
  const parts = (recording: Recording) =>
    new Map(
      recording.resources
        .filter(
          ({ type }) => /^(aws:|pulumi:providers:aws$)/.test(type) && !/:(Instance|TargetGroupAttachment)$/.test(type),
        )
        .map(({ label, inputs }) => [label, JSON.stringify(reveal(inputs as never))]),
    );
  const [old, now] = [parts(before), parts(after)];
  return [...new Set([...old.keys(), ...now.keys()])].some((label) => old.get(label) !== now.get(label))
    ? ["in place"]
    : [];
}
