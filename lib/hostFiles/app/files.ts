import { environmentLines } from "./environmentFile";
import { contract } from "../../base/contract";
import { gunicornLimits } from "../nginx/headerLimits";
import type { HostFile } from "../hostFile";
import { dataPath } from "../nginx/media";
import { fromTemplate } from "../templates";
import type { Settings } from "../../settings";
import { unitWords } from "./unitWords";

const units = "web/etc/systemd/system";
const revision = `web${contract.paths.revision}`;
const {
  slots,
  names: { appService, appSocket, probeSocket },
} = contract;

/** Beyond graceful_timeout, before systemd kills what is left. */
const stopMarginSeconds = 10;
/** From this share of the limit on the kernel slows a slot down instead of ending it. */
const highShareOfMemory = 0.9;
/** Room for what the application starts itself. */
const fewestTasks = 1024;
/** On 32 processors. */
const mostAutoWorkers = 65;
const threadsBeside = 4;
/** Three file systems of this size leave a slot some memory even when all of them are full. */
const temporaryShareOfMemory = 0.25;

const moduleAndCallable = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*(\(\))?)?$/;

/** The units that run the application, and the files of a revision beside its release. */
export function appFiles(settings: Settings): HostFile[] {
  return [
    ...sockets(),
    slotUnit(settings),
    ...sharedSocketDropIns(),
    ...slotDropIns(settings.app),
    rehearsalDropIn(),
    ...inheritanceFiles(settings),
    ...migrationDropIn(settings.app),
    fromTemplate(`${revision}/gunicorn.conf.py`, { effect: "app", values: gunicornValues(settings) }),
    ...["asgi", "exit", "places", "queue", "start", "streams", "wsgi"].map((module) =>
      fromTemplate(`${revision}/python/portico_${module}.py`, { effect: "app" }),
    ),
    fromTemplate(`${revision}/environment`, {
      effect: "app",
      values: { variables: environmentLines(variablesOf(settings.app)) },
    }),
  ];
}

/** A relative path means the release's folder, where all that runs of it starts. */
function variablesOf({ environment, sourceFolder }: Settings["app"]): Readonly<Record<string, string>> {
  return sourceFolder === null ? environment : { ...environment, PYTHONPATH: sourceFolder };
}

/** A listening socket keeps its old settings until the next boot: restarting it would lose requests. */
function sockets(): HostFile[] {
  return [appSocket, `${probeSocket}.socket`].map((unit) => fromTemplate(`${units}/${unit}`, { effect: "systemd" }));
}

/** The unit that both slots are made of. */
export function slotUnit({ app, gunicorn }: Settings): HostFile {
  return fromTemplate(`${units}/${appService}.service`, {
    effect: "appUnit",
    values: {
      appModule: checkedModule(app.module),
      startSeconds: app.startSeconds,
      mostTasks: mostTasks(gunicorn),
      stopSeconds: gunicorn.gracefulTimeoutSeconds + stopMarginSeconds,
      memoryMegabytes: app.memoryMegabytes,
      memoryHighMegabytes: Math.floor(app.memoryMegabytes * highShareOfMemory),
      temporaryMegabytes: app.temporaryMegabytes ?? Math.floor(app.memoryMegabytes * temporaryShareOfMemory),
    },
  });
}

/** Each worker has its threads, and a few of its own and of libraries. */
function mostTasks({ workers, threads }: Settings["gunicorn"]): number {
  return Math.max(fewestTasks, (workers === "auto" ? mostAutoWorkers : workers) * (threads + threadsBeside));
}

function sharedSocketDropIns(): HostFile[] {
  return slots.live.map((slot) =>
    fromTemplate(`${units}/${appService}${slot}.service.d/50-socket.conf`, { effect: "appUnit" }),
  );
}

/** What of the sandbox settings choose. */
export function slotDropIns({
  network,
  allowWritableExecutableMemory,
  allowSystemStatistics,
  data,
}: Settings["app"]): HostFile[] {
  const chosen = [
    `${appService}.service.d/50-network-${network}.conf`,
    ...(allowWritableExecutableMemory ? [`${appService}.service.d/50-writable-executable-memory.conf`] : []),
    ...(allowSystemStatistics ? [`${appService}.service.d/50-system-statistics.conf`] : []),
  ];
  return [...chosen.map((dropIn) => fromTemplate(`${units}/${dropIn}`, { effect: "appUnit" })), ...dataDropIn(data)];
}

/** What a slot may write to for good; a release without it sees nothing of it. */
function dataDropIn(data: Settings["app"]["data"]): HostFile[] {
  if (data.length === 0) return [];
  const values = { dataRoot: contract.paths.data, dataPaths: data.map(dataPath).join(" ") };
  return [fromTemplate(`${units}/${appService}.service.d/50-data.conf`, { effect: "appUnit", values })];
}

/** What sets instance `rehearsal` apart; like that of a migration, it takes no part in the revision. */
function rehearsalDropIn(): HostFile {
  return fromTemplate(`${units}/${appService}${slots.rehearsal}.service.d/50-rehearsal.conf`, { effect: "systemd" });
}

/** What shows, in a rehearsal, connections and threads that the import left to be shared; without preload there is nothing to share. */
function inheritanceFiles({ app, gunicorn }: Settings): HostFile[] {
  if (!gunicorn.preload) return [];
  return [
    fromTemplate(`${units}/${appService}${slots.rehearsal}.service.d/50-preload.conf`, {
      effect: "systemd",
      values: { appModule: checkedModule(app.module) },
    }),
    fromTemplate(`web${contract.paths.rehearsalSettings}`, { effect: "app" }),
  ];
}

/** What makes instance `migration` of the slot's unit; it takes no part in the revision, so a change starts no slot. */
function migrationDropIn({ migration }: Settings["app"]): HostFile[] {
  if (migration === null) return [];
  const values = { command: migrationCommand(migration.command), migrationSeconds: migration.seconds };
  return [
    fromTemplate(`${units}/${appService}${slots.migration}.service.d/50-migration.conf`, { effect: "systemd", values }),
  ];
}

/** `env` would take a first word with = for a variable. */
function migrationCommand(command: readonly string[]): string {
  if (command[0]?.includes("=") ?? true) {
    throw new Error(
      `app.migration.command: got ${JSON.stringify(command)}; allowed: a program first, without = in its name; name one`,
    );
  }
  return unitWords(command);
}

function gunicornValues({ gunicorn, nginx }: Settings) {
  const {
    workerClass,
    workers,
    threads,
    timeoutSeconds,
    gracefulTimeoutSeconds,
    maxRequests,
    maxRequestsJitter,
    backlog,
    queueMilliseconds,
  } = gunicorn;
  return {
    preload: gunicorn.preload ? "True" : "False",
    workerClass,
    workers,
    threads,
    timeoutSeconds,
    gracefulTimeoutSeconds,
    maxRequests,
    maxRequestsJitter,
    backlog,
    queueMilliseconds,
    ...gunicornLimits(nginx),
  };
}

/** It becomes a word of the unit's command line, where blanks, % and $ have a meaning. */
function checkedModule(module: string): string {
  if (!moduleAndCallable.test(module)) {
    throw new Error(
      `app.module: got ${JSON.stringify(module)}; allowed: package.module:callable; name what Gunicorn shall serve`,
    );
  }
  return module;
}
