import { readFileSync } from "node:fs";
import { join } from "node:path";
import { findApplications, moduleOf, type FoundApplication } from "./findApplication";
import { findPaths } from "./findPaths";
import { readProject, type ProjectFiles } from "./sources";

/** What a stack file says of an application, and what was found out to say so. */
export interface Project {
  application: FoundApplication | undefined;
  /** Settings of the group `app`, but for its folder. */
  app: Record<string, unknown>;
  /** Settings of the group `gunicorn`. */
  gunicorn: Record<string, unknown>;
  /** What was found, in a few words each, with where. */
  found: string[];
  /** What is left to the user: what was not found, or cannot be known from files. */
  open: string[];
}

/** Files of requirements by the names that tools give them; only those with hashes are taken. */
const requirements = ["requirements.lock", "requirements.txt", "requirements/production.txt", "requirements/prod.txt"];
/** Locks of tools, in which a package is named by a line of its own. */
const toolLocks = ["uv.lock", "poetry.lock", "Pipfile.lock", "pylock.toml"];
const gunicornLine = /^(gunicorn==|name = "gunicorn"$|\s*"gunicorn": \{)/im;
/** What makes a lock of a file that is none. */
const lockCommands: Record<string, string> = {
  "requirements.txt": "pip-compile --generate-hashes -o requirements.lock requirements.txt",
  Pipfile: "pipenv lock",
  "pyproject.toml": "uv lock, or poetry lock",
};

/** Looks at a project; nothing of it is executed. */
export async function examineProject(folder: string): Promise<Project> {
  const files = await readProject(folder);
  const project: Project = { application: undefined, app: {}, gunicorn: {}, found: [], open: [] };
  nameApplication(project, files);
  nameLock(project, folder, files);
  nameStaticFiles(project, files);
  namePaths(project, files);
  nameDjango(project, files);
  nameData(project, files);
  nameVariables(project, files);
  return project;
}

function nameApplication(project: Project, files: ProjectFiles): void {
  const [best, ...others] = findApplications(files);
  if (best === undefined) {
    project.app.module = "CHANGE.ME:app";
    project.open.push("app.module: what Gunicorn serves, as package.module:callable; no application was recognised");
    return;
  }
  project.application = best;
  project.app.module = best.module;
  if (isInSource(best.module, files)) {
    project.app.module = best.module.replace("src.", "");
    project.app.sourceFolder = "src";
    project.found.push("packages of the project: src/");
  }
  project.found.push(`${best.framework}: ${best.module} (${best.source})`);
  if (others.length > 0)
    project.open.push(`app.module: it may be another one: ${others.map(({ module }) => module).join(", ")}`);
  if (best.framework === "FastAPI" || best.framework === "Starlette") project.gunicorn.workerClass = "asgi";
}

/** Of a project that is to be installed; other folders of that name are packages themselves. */
function isInSource(module: string, { names }: ProjectFiles): boolean {
  return module.startsWith("src.") && names.includes("pyproject.toml") && !names.includes("src/__init__.py");
}

function nameLock(project: Project, folder: string, { names }: ProjectFiles): void {
  const read = (name: string) => readFileSync(join(folder, name), "utf8");
  const lock =
    requirements.find((name) => names.includes(name) && /--hash[= ]sha256:/.test(read(name))) ??
    toolLocks.find((name) => names.includes(name));
  if (lock === undefined) {
    const source = Object.keys(lockCommands).find((name) => names.includes(name)) ?? "requirements.txt";
    project.open.push(`app.requirements: a lock file with hashes: ${lockCommands[source]!}`);
    return;
  }
  project.app.requirements = lock;
  project.found.push(`locked dependencies: ${lock}`);
  if (!gunicornLine.test(read(lock))) project.open.push(`${lock}: add gunicorn, at least 26.1, to what is locked`);
}

function nameStaticFiles(project: Project, { names }: ProjectFiles): void {
  const folders = ["staticfiles", "static"].filter((name) => names.some((path) => path.startsWith(`${name}/`)));
  const folder = folders[0];
  project.app.staticFolder = folder ?? null;
  if (folder !== undefined) project.found.push(`static files: ${folder}/`);
}

function namePaths(project: Project, files: ProjectFiles): void {
  const { live, ready, sockets, streaming } = findPaths(files);
  project.app.livePath = live ?? "/";
  project.app.readyPath = ready ?? live ?? "/";
  if (live === undefined)
    project.open.push(
      "app.livePath: a path that answers 200 while the process works, and nothing else; none was recognised, so the home page is requested once a second",
    );
  else project.found.push(`checks: ${live}${ready === undefined ? "" : `, ${ready}`}`);
  if (ready === undefined)
    project.open.push(
      "app.readyPath: a path that answers 200 when all that the application needs is there (its database)",
    );
  if (sockets.length > 0) {
    project.app.streamPaths = sockets;
    project.found.push(`web sockets: ${sockets.join(", ")}`);
  }
  if (streaming.length > 0)
    project.open.push(`app.streamPaths: the routes of event streams in ${streaming.join(", ")}`);
}

function nameDjango(project: Project, { names, sources }: ProjectFiles): void {
  if (project.application?.framework !== "Django") return;
  if (names.includes("manage.py")) {
    project.app.migration = { command: ["python", "manage.py", "migrate", "--noinput"] };
    project.found.push("migration: manage.py migrate");
  }
  const url = sources.map(({ text }) => /^STATIC_URL\s*=\s*["']\/?([\w.~-]+)\/["']/m.exec(text)?.[1]).find(Boolean);
  if (url !== undefined) project.app.staticUrl = `/${url}/`;
  if (project.app.staticFolder !== "staticfiles")
    project.open.push(
      "app.staticFolder: the folder of STATIC_ROOT; run manage.py collectstatic before a release, and set it",
    );
  project.open.push("ALLOWED_HOSTS and CSRF_TRUSTED_ORIGINS of the application: the names of the site");
}

/** What lasts, and what runs beside the slots: a hint with the setting, as files do not say where it shall lie. */
function nameData({ open }: Project, { sources }: ProjectFiles): void {
  const has = (pattern: RegExp) => sources.some(({ text }) => pattern.test(text));
  if (has(/sqlite3\b|sqlite:\/\//))
    open.push(
      "the database: SQLite has to lie in a folder of app.data, as a release is read-only; local.database: postgresql gives local machines another one (docs/data.md)",
    );
  if (has(/^\s*(MEDIA_ROOT|UPLOAD_FOLDER)\b/m))
    open.push("uploads: a folder of app.data, below $STATE_DIRECTORY; nginx.media serves it (docs/data.md)");
  const celery = sources.find(({ text }) => /^\w+\s*=\s*(?:celery\.)?Celery\(/m.test(text));
  if (celery !== undefined)
    open.push(
      `app.processes: the worker of ${celery.path}, as worker: { command: [celery, -A, ${moduleOf(celery.path)}, worker] } (docs/processes.md)`,
    );
}

/** Of the environment, as a hint: which of them are secrets is not to be known. */
function nameVariables(project: Project, { sources }: ProjectFiles): void {
  const pattern = /(?:environ(?:\.get\(|\[)|getenv\(|\benv(?:\.\w+)?\()\s*["']([A-Z][A-Z0-9_]*)["']/g;
  const names = sources.flatMap(({ text }) => [...text.matchAll(pattern)].map((found) => found[1]!));
  const asked = [...new Set(names)].filter(
    (name) => !/^(PORTICO_\w+|DJANGO_SETTINGS_MODULE|CREDENTIALS_DIRECTORY)$/.test(name),
  );
  if (asked.length > 0)
    project.open.push(
      `app.environment: it reads ${asked.sort().join(", ")}; plain ones go there, secrets into app.secrets, which it reads from files`,
    );
}
