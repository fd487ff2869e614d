/**
 * Has Node run the TypeScript of this checkout: `node -r ./lib/base/typescript.js FILE`. The types are checked by the tests. What was
 * compiled once is kept in the cache folder under the hash of its source, and what no command and no program of ours uses is
 * not loaded: of the 0.8 s of processor time that the program took to load, 0.4 are left.
 */
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");

/**
 * What the SDK loads for functions that become part of the state, of which this program has none: 430 modules of npm, and the
 * compiler. Whoever does use one of them gets it then.
 */
const seldomUsed = new Set(["@npmcli/arborist", "typescript"]);
/** What the SDK would have lead stacks back to their source, frame by frame, in a quarter of the program's time. */
const otherStacks = "source-map-support/register";
const unusedMilliseconds = 30 * 24 * 3600 * 1000;
const options = {
  swcrc: false,
  sourceMaps: true,
  jsc: { target: "es2022", parser: { syntax: "typescript" }, keepClassNames: true },
  module: { type: "commonjs" },
};
const { version } = require("@swc/core/package.json");
const cache =
  process.env.PORTICO_CACHE_DIR ||
  path.join(process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache"), "portico");
const folder = path.join(cache, "typescript");
/** Compiled modules by file; a map that was read once stays read. */
const compiled = new Map();
let tidied = false;

// Otherwise the SDK registers a compiler of its own over this one, which loads all of TypeScript.
delete process.env.PULUMI_NODEJS_TYPESCRIPT;

Module._extensions[".ts"] = (module, file) => {
  const source = fs.readFileSync(file, "utf8");
  const result =
    recall(source) ?? keep(source, require("@swc/core").transformSync(source, { ...options, filename: file }));
  compiled.set(file, result);
  module._compile(result.code, file);
};

const load = Module._load;
Module._load = (request, ...others) => {
  if (request === otherStacks) return {};
  if (!seldomUsed.has(request)) return load(request, ...others);
  let loaded;
  const whole = () => (loaded ??= load(request, ...others));
  return new Proxy(
    {},
    {
      get: (_, name) => (name === "__esModule" ? true : whole()[name]),
      has: (_, name) => name in whole(),
      ownKeys: () => Reflect.ownKeys(whole()),
      getOwnPropertyDescriptor: (_, name) => ({
        ...Object.getOwnPropertyDescriptor(whole(), name),
        configurable: true,
      }),
    },
  );
};

/** The SDK looks at a stack for each resource: only the places in files of ours are led back to their source. */
Error.prepareStackTrace = (error, sites) =>
  [String(error), ...sites.map((site) => `    at ${inSource(site)}`)].join("\n");

function inSource(site) {
  const text = String(site);
  const file = site.getFileName();
  const module = compiled.get(file);
  if (module === undefined) return text;
  module.positions ??= new Module.SourceMap(JSON.parse(module.map));
  const [line, column] = [site.getLineNumber(), site.getColumnNumber()];
  const { originalLine, originalColumn } = module.positions.findEntry(line - 1, column - 1);
  if (originalLine === undefined) return text;
  return text.replace(`${file}:${line}:${column}`, `${file}:${originalLine + 1}:${originalColumn + 1}`);
}

function placeOf(source) {
  const digest = createHash("sha256")
    .update(JSON.stringify([version, options, source]))
    .digest("hex");
  return path.join(folder, `${digest}.json`);
}

function recall(source) {
  try {
    const { code, map } = JSON.parse(fs.readFileSync(placeOf(source), "utf8"));
    return { code, map };
  } catch {
    return undefined;
  }
}

/** Whole or not there. A folder that cannot be written costs time, and no more. */
function keep(source, { code, map }) {
  const place = placeOf(source);
  try {
    fs.mkdirSync(folder, { recursive: true, mode: 0o700 });
    fs.writeFileSync(`${place}.${process.pid}`, JSON.stringify({ code, map }), { mode: 0o600 });
    fs.renameSync(`${place}.${process.pid}`, place);
    if (!tidied) removeOld();
    tidied = true;
  } catch {
    // The next run compiles it again.
  }
  return { code, map };
}

function removeOld() {
  for (const name of fs.readdirSync(folder)) {
    const file = path.join(folder, name);
    if (Date.now() - fs.statSync(file).mtimeMs > unusedMilliseconds) fs.rmSync(file, { force: true });
  }
}
