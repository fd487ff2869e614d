import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import ts from "typescript";
import { contract } from "../../lib/base/contract";
import { planContents } from "../../lib/hosts/contents";
import { platforms } from "../../lib/hosts/platforms";
import { temporaryFolders } from "../support/temporaryFolder";
import { baselineSettings } from "../support/baseline";

const newFolder = temporaryFolders();

/** What of the contract is like nothing else: paths, units, names with a dot; not words such as `tree`. */
const specific = [contract.names, contract.files, contract.paths, contract.health, contract.metrics]
  .flatMap((part) => Object.values<string>(part))
  .filter((value) => value.length > 5 && (/[./@]/.test(value) || Object.values(contract.metrics).includes(value)));
const specificNumbers = [contract.ports.web];

const sources = execFileSync(
  "git",
  [
    "ls-files",
    "--cached",
    "--others",
    "--exclude-standard",
    "--",
    "lib/*.ts",
    "components/*.ts",
    "bin/*.ts",
    "config.ts",
    "index.ts",
  ],
  { encoding: "utf8" },
)
  .trim()
  .split("\n");

/** The values that a text of TypeScript writes itself, whole or between signs that belong to no path or name. */
function written(text: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddleOrTemplateTail(node))
      found.push(...specific.filter((value) => holds(node.text, value)));
    if (ts.isNumericLiteral(node) && specificNumbers.includes(Number(node.text))) found.push(node.text);
    node.forEachChild(visit);
  };
  visit(ts.createSourceFile("x.ts", text, ts.ScriptTarget.Latest));
  return found;
}

function holds(text: string, value: string): boolean {
  const escaped = value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`(?<![\\w@-])${escaped}(?![\\w./@-])`).test(text);
}

test("what was written a second time is found, in a text or a template, but not in a longer name", () => {
  expect(written("const a = '/etc/portico'; const b = `rm -rf ${x} /var/lib/portico ${y}`; const c = 8443;")).toEqual([
    contract.paths.configuration,
    contract.paths.state,
    "8443",
  ]);
  expect(written("// /etc/portico\nconst a = '/etc/portico/own.conf'; const b = 'my-nginx.service'")).toEqual([]);
});

test("nothing of the contract is written a second time here", () => {
  expect(specific.length).toBeGreaterThan(35);
  expect(sources.length).toBeGreaterThan(150);
  expect(sources.flatMap((file) => written(readFileSync(file, "utf8")).map((value) => `${file}: ${value}`))).toEqual(
    [],
  );
});

test("the program in a bundle reads the very same out of it", async () => {
  const hosts = [
    {
      name: "a",
      address: "10.31.64.11",
      roles: ["web", "balancer"] as const,
      platform: platforms["debian-13"],
      architecture: "x86_64" as const,
    },
  ];
  const { bundle } = (
    await planContents(
      baselineSettings(),
      { siteNames: ["portico.internal"], balancerAddresses: [], hosts },
      newFolder(),
    )
  )[0]!;
  const script =
    "import json, sys; sys.path.insert(0, sys.argv[1]); from portico_host.base import contract; assert sys.argv[1] in contract.__file__; print(json.dumps(contract.CONTRACT))";
  expect(JSON.parse(execFileSync("python3", ["-I", "-c", script, bundle.path], { encoding: "utf8" }))).toEqual(
    contract,
  );
  expect(bundle.name).toMatch(/^web-edge-[0-9a-f]{12}\.pyz$/);
});

test("files on hosts name what the contract names", async () => {
  const hosts = [11, 12].map((number) => ({
    name: `web-${number}`,
    address: `10.31.64.${number}`,
    roles: number === 11 ? (["web", "balancer"] as const) : (["web"] as const),
    platform: platforms["debian-13"],
    architecture: "x86_64" as const,
  }));
  const telemetry = { region: "eu-central-1", namespace: "Portico", logGroup: "logs", stack: "s" };
  const planned = await planContents(
    baselineSettings(),
    { siteNames: ["portico.internal"], balancerAddresses: ["10.31.64.11"], hosts, telemetry },
    newFolder(),
  );
  const files = planned.flatMap((role) => role.files);
  const {
    balancerSite,
    balancedHosts,
    nginxConfiguration,
    rehearsalSettings,
    telemetry: telemetryFile,
    units,
  } = contract.paths;
  const { nginxUnit, healthCheckUnit, unreachedUnit, appSocket, appService, probeSocket } = contract.names;
  const named = [
    balancerSite,
    balancedHosts,
    nginxConfiguration,
    rehearsalSettings,
    telemetryFile,
    ...[nginxUnit, healthCheckUnit, unreachedUnit, appSocket, `${appService}.service`, `${probeSocket}.socket`].map(
      (unit) => `${units}/${unit}`,
    ),
  ];
  expect(named.filter((path) => files.every((file) => file.path !== path))).toEqual([]);
  const text = files.map(({ content }) => content).join("\n");
  const {
    command,
    state,
    serverList,
    unreachedHosts,
    closingFlag,
    serverCertificate,
    siteCertificate,
    authorityCertificate,
  } = contract.paths;
  const relative = [serverCertificate, siteCertificate, authorityCertificate].map((path) =>
    path.replace(contract.paths.configuration, ".."),
  );
  for (const value of [
    contract.health.path,
    `listen ${contract.ports.web}`,
    `listen ${contract.ports.https}`,
    `listen ${contract.ports.http}`,
    command,
    state,
    serverList,
    unreachedHosts,
    closingFlag.replace(/[^/]+$/, ""),
    ...relative,
  ])
    expect(text).toContain(value);
});
