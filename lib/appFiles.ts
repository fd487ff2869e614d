import { environmentLines } from "./environmentFile";
import type { HostFile } from "./hostFile";
import { fromTemplate } from "./hostTemplates";
import type { Settings } from "./settings";
import { unitWords } from "./unitWords";

const units = "web/etc/systemd/system";
const revision = "web/opt/portico/revision";

/** Beyond graceful_timeout, before systemd kills what is left. */
const stopMarginSeconds = 10;
/** From this share of the limit on the kernel slows a slot down instead of ending it. */
const highShareOfMemory = 0.9;

const moduleAndCallable = /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*(:[A-Za-z_]\w*(\(\))?)?$/;

/** The units that run the application, and the files of a revision beside its release. */
export function appFiles(settings: Settings): HostFile[] {
  return [
    ...sockets(),
    slotUnit(settings),
    ...slotDropIns(settings.app),
    rehearsalDropIn(),
    ...migrationDropIn(settings.app),
    fromTemplate(`${revision}/gunicorn.conf.py`, { effect: "app", values: gunicornValues(settings.gunicorn) }),
    fromTemplate(`${revision}/environment`, { effect: "app", values: { variables: environmentLines(settings.app.environment) } }),
  ];
}

/** A listening socket keeps its old settings until the next boot: restarting it would lose requests. */
function sockets(): HostFile[] {
  return ["portico-app.socket", "portico-probe@.socket"].map((unit) => fromTemplate(`${units}/${unit}`, { effect: "systemd" }));
}

function slotUnit({ app, gunicorn }: Settings): HostFile {
  return fromTemplate(`${units}/portico-app@.service`, {
    effect: "appUnit",
    values: {
      appModule: checkedModule(app.module),
      startSeconds: app.startSeconds,
      stopSeconds: gunicorn.gracefulTimeoutSeconds + stopMarginSeconds,
      memoryMegabytes: app.memoryMegabytes,
      memoryHighMegabytes: Math.floor(app.memoryMegabytes * highShareOfMemory),
    },
  });
}

function slotDropIns({ network, allowWritableExecutableMemory }: Settings["app"]): HostFile[] {
  const chosen = [
    "portico-app@blue.service.d/50-socket.conf",
    "portico-app@green.service.d/50-socket.conf",
    `portico-app@.service.d/50-network-${network}.conf`,
    ...(allowWritableExecutableMemory ? ["portico-app@.service.d/50-writable-executable-memory.conf"] : []),
  ];
  return chosen.map((dropIn) => fromTemplate(`${units}/${dropIn}`, { effect: "appUnit" }));
}

/** What sets instance `rehearsal` apart; like that of a migration, it takes no part in the revision. */
function rehearsalDropIn(): HostFile {
  return fromTemplate(`${units}/portico-app@rehearsal.service.d/50-rehearsal.conf`, { effect: "systemd" });
}

/** What makes instance `migration` of the slot's unit; it takes no part in the revision, so a change starts no slot. */
function migrationDropIn({ migration }: Settings["app"]): HostFile[] {
  if (migration === null) return [];
  const values = { command: migrationCommand(migration.command), migrationSeconds: migration.seconds };
  return [fromTemplate(`${units}/portico-app@migration.service.d/50-migration.conf`, { effect: "systemd", values })];
}

/** `env` would take a first word with = for a variable. */
function migrationCommand(command: readonly string[]): string {
  if (command[0]?.includes("=") ?? true) {
    throw new Error(`app.migration.command: got ${JSON.stringify(command)}; allowed: a program first, without = in its name; name one`);
  }
  return unitWords(command);
}

function gunicornValues(gunicorn: Settings["gunicorn"]) {
  const { workerClass, workers, threads, timeoutSeconds, gracefulTimeoutSeconds, maxRequests, maxRequestsJitter, backlog, keepaliveSeconds } = gunicorn;
  return { workerClass, workers, threads, timeoutSeconds, gracefulTimeoutSeconds, maxRequests, maxRequestsJitter, backlog, keepaliveSeconds };
}

/** It becomes a word of the unit's command line, where blanks, % and $ have a meaning. */
function checkedModule(module: string): string {
  if (!moduleAndCallable.test(module)) {
    throw new Error(`app.module: got ${JSON.stringify(module)}; allowed: package.module:callable; name what Gunicorn shall serve`);
  }
  return module;
}
