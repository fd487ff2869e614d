import { z } from "zod";
import { processes } from "./processes";
import { schedules } from "./schedules";
import { choice, filePath, flag, listOf, secretName, text, urlPath, wholeNumber, wholeNumberOr } from "./fields";

const variableName = /^[A-Z_][A-Z0-9_]*$/;
const environmentAllowed = "a map of variable names (capitals, digits, underscore) to texts without line breaks";

const dataFolder = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,62}$/;

const environment = z
  .record(
    z.string().regex(variableName, { error: environmentAllowed }),
    z.string({ error: environmentAllowed }).regex(/^[^\0\r\n]*$/, { error: environmentAllowed }),
    { error: environmentAllowed },
  )
  .meta({
    about: "Plain variables of the application. A change starts a new slot. Never put a secret here.",
    allowed: environmentAllowed,
  });

const packageName = /^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$/;

/** Plain HTTP would show the password to the network; on this computer there is none. */
const packageIndex = /^(https:\/\/[^\s\p{C}'"\\@/?#]+|http:\/\/127\.0\.0\.1(:\d+)?)\/[^\s\p{C}'"\\@?#]*$/u;

const staticAllowed = "a folder name inside the application folder, or null";

const staticFolder = z
  .string({ error: staticAllowed })
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._/-]*$/, { error: staticAllowed })
  .nullable()
  .meta({ about: "Static files that Nginx serves itself; null when there are none.", allowed: staticAllowed });

const rootFile = /^(\.well-known\/)?[A-Za-z0-9_-][A-Za-z0-9._-]*$/;

const sourceAllowed = "a folder name inside the application folder, . for that itself, or null";

const sourceFolder = z
  .string({ error: sourceAllowed })
  .regex(/^(\.|[A-Za-z0-9_][\w.-]*(\/[A-Za-z0-9_][\w.-]*)*)$/, { error: sourceAllowed })
  .nullable()
  .meta({
    about:
      "Where the project's own packages lie, as src. With it the project counts as installed: they can be imported, and importlib.metadata knows its version and entry points. null: modules are found from the application folder, and there is no metadata.",
    allowed: sourceAllowed,
  });

const homeAllowed = "an absolute path, or null";

const homePath = z.string({ error: homeAllowed }).regex(urlPath, { error: homeAllowed }).nullable().meta({
  about:
    "What a visitor requests first. Requested on each host and through the balancer before a release is confirmed: a 5xx takes it back, all else is good. null: not requested.",
  allowed: homeAllowed,
});

const migrationAllowed = "null, or a group with command (a list of words) and seconds";

const migration = z
  .strictObject(
    {
      command: listOf(
        /^[^\0\n]+$/,
        "words without line breaks",
        "Program and arguments, run with the release's environment first on PATH.",
      ).min(1, { error: "at least the program" }),
      seconds: wholeNumber(
        "seconds",
        1,
        480,
        "Longest time that it may take; beyond it the release fails, and the old one serves on.",
      ).default(300),
    },
    { error: migrationAllowed },
  )
  .nullable()
  .meta({
    about:
      "Command that runs once for a release, on one host, after the rehearsal and before the first switch; not at a rollback.",
    allowed: migrationAllowed,
  });

export const rolloutSettings = z
  .strictObject({
    batch: wholeNumberOr(1, 100, (error) => z.string({ error }).regex(/^([1-9]\d?|100)%$/, { error }), {
      about:
        "Hosts that switch to a release at once, after the first, which switches alone: what only serving shows of a release reaches one host. A share is rounded up. The next batch waits until the balancer finds these healthy. A host that switches serves on, so a larger batch takes none of them out: it makes a release shorter, and more hosts start the application at the same time.",
      allowed: "a number of hosts from 1 to 100, or a share of the fleet as 25%",
    }).default("50%"),
  })
  .meta({ about: "How a release reaches the fleet" });

export const appSettings = z
  .strictObject({
    folder: text(filePath, "a folder that exists", "The application, relative to the program.").default("app"),
    module: text(
      /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)*:[A-Za-z_]\w*(\(\))?$/,
      "package.module:callable",
      "What Gunicorn imports and serves.",
    ),
    requirements: text(
      filePath,
      "a lock with hashes: requirements, pylock.toml, uv.lock, poetry.lock or Pipfile.lock",
      "Locked dependencies, relative to the application folder. Known by its name; all other names are files of requirements.",
    ).default("requirements.lock"),
    extras: listOf(
      packageName,
      "names of extras",
      "Extras of the project that the lock was made for, whose dependencies are wanted too. Not with requirements or Pipfile.lock.",
    ).default([]),
    groups: listOf(
      packageName,
      "names of groups",
      "Groups of dependencies in the lock that are wanted besides the main ones, which are all there is by default: dev is left out. Not with requirements.",
    ).default([]),
    packageIndexes: listOf(
      packageIndex,
      "https addresses without user and password",
      "Indexes that packages come from, besides those of pip's own settings. Their logins are the secret packageIndexNetrc, or in the deployer's ~/.netrc.",
    ).default([]),
    sourceFolder: sourceFolder.default(null),
    staticFolder: staticFolder.default("static"),
    staticUrl: text(
      /^\/[A-Za-z0-9._~-]+\/$/,
      "one path segment between slashes, as /static/",
      "Where the static files appear.",
    ).default("/static/"),
    rootFiles: listOf(
      rootFile,
      "names such as robots.txt or .well-known/security.txt",
      "Files of the static folder that Nginx serves at the root of the site too, as /robots.txt.",
    ).default([]),
    livePath: text(
      urlPath,
      "an absolute path",
      "Answers 200 while the process works; checks nothing else. The balancer's health check.",
    ).default("/healthz"),
    readyPath: text(
      urlPath,
      "an absolute path",
      "Answers 200 when all that the application needs is there. The gate of a release.",
    ).default("/readyz"),
    homePath: homePath.default("/"),
    startSeconds: wholeNumber("seconds", 5, 120, "How long importing the application may take.").default(40),
    readySeconds: wholeNumber("seconds", 1, 60, "How long after the import until the ready path must answer.").default(
      15,
    ),
    probes: wholeNumber("answers", 1, 20, "Good answers in a row that a release must give.").default(3),
    deadlineSeconds: wholeNumber(
      "seconds",
      1,
      3600,
      "Longest request that the application promises to finish. It must be below gunicorn.timeoutSeconds.",
    ).default(25),
    environment: environment.default({}),
    secrets: listOf(
      secretName,
      "names in camelCase",
      "Secrets from the stack file (pulumi config set --secret NAME). The application reads $CREDENTIALS_DIRECTORY/app_NAME. A changed one starts a new slot.",
    ).default([]),
    generatedSecrets: listOf(
      secretName,
      "names in camelCase",
      "Secrets that the stack makes once and keeps, handed over like the others.",
    ).default([]),
    data: listOf(
      dataFolder,
      "names of folders: letters, digits, _ and -",
      "Folders that outlive releases: each is $STATE_DIRECTORY/NAME, which the application may write to on its host, in every slot, migration and command of an operator. Nothing in it can be run. One that leaves the list stays on the hosts. Each host has its own.",
    ).default([]),
    streamPaths: listOf(
      urlPath,
      "absolute paths",
      "Routes (with all below them) that Nginx passes on unbuffered: event streams, long polls.",
    ).default([]),
    network: choice(
      ["none", "outbound"],
      "none: the application reaches Unix sockets only; outbound: also TCP, except the cloud's metadata addresses.",
    ).default("outbound"),
    memoryMegabytes: wholeNumber(
      "MiB",
      64,
      1048576,
      "Memory limit of one slot; two run during a release, so an application host needs 256 MiB and twice this.",
    ).default(512),
    temporaryMegabytes: wholeNumberOr(1, 1048576, (error) => z.null({ error }), {
      about:
        "Size of /tmp, and of /var/tmp and /dev/shm each, in one slot: in memory, and part of memoryMegabytes. null: a quarter of that.",
      allowed: "null, or a whole number of MiB from 1 to 1048576",
    }).default(null),
    allowWritableExecutableMemory: flag("Needed by just-in-time compilers (numba, torch). Off is safer.").default(
      false,
    ),
    allowSystemStatistics: flag(
      "Needed to read the machine's own figures in /proc, as psutil.virtual_memory does. Off is safer.",
    ).default(false),
    migration: migration.default(null),
    processes: processes.default({}),
    schedules: schedules.default({}),
    keepReleases: wholeNumber(
      "releases",
      1,
      50,
      "Good releases kept on a host besides the current and the previous one.",
    ).default(5),
  })
  .meta({ about: "The application and the sandbox it runs in" });
