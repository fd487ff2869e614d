/** One run of a test runner, and how its counts are read. */
export interface Suite {
  level: Level;
  name: string;
  command: string[];
  runner: "jest" | "unittest" | "go" | "check";
  /** Folder to run in; the checkout when absent. */
  folder?: string;
  /** Run afterwards, also when the suite was interrupted. */
  after?: string[];
  /** Runs beside the suite before it: both wait for machines most of the time. */
  beside?: true;
  /** A program without which the suite cannot run here. */
  needs?: string;
}

export const levels = ["check", "unit", "graph", "rendered", "machine", "long", "aws"] as const;
export type Level = (typeof levels)[number];

/** The levels that run when none is named. `aws` needs what only bin/test-aws makes ready; `long` takes hours. */
export const usualLevels = levels.filter((level) => level !== "aws" && level !== "long");

const removeWorkspace = runScript("tests/support/removeWorkspace.cli.ts");
const removeGivenHosts = [...removeWorkspace, "--given-hosts"];
/** The second lane of the machine level has a network of its own. */
const secondNetwork = ["env", "PORTICO_TEST_NETWORK=10.31.72"];

/** About half of the time that the machine level takes. */
const secondLane = ["fleet", "hosts", "operator"];

/** Everything that can be proven, cheapest first. */
export const suites: readonly Suite[] = [
  { level: "check", name: "types", command: ["node_modules/.bin/tsc", "--noEmit"], runner: "check" },
  { level: "check", name: "lint and layers", command: ["node_modules/.bin/eslint", "."], runner: "check" },
  {
    level: "check",
    name: "format",
    command: ["node_modules/.bin/prettier", "--check", "--log-level", "warn", "."],
    runner: "check",
  },
  { level: "check", name: "Python: rules, format and types", command: ["bin/lint-python"], runner: "check" },
  { level: "check", name: "Go: format and vet", command: ["bin/lint-go"], runner: "check", needs: "go" },
  { level: "check", name: "shell scripts", command: ["bin/lint-shell"], runner: "check", needs: "shellcheck" },
  { level: "unit", name: "program", command: [...jest("unit"), "--maxWorkers=100%"], runner: "jest" },
  {
    level: "unit",
    name: "host program",
    command: ["python3", "-m", "unittest", "discover", "-s", "hostProgram/tests"],
    runner: "unittest",
  },
  {
    level: "unit",
    name: "local machines",
    command: ["python3", "-m", "unittest", "discover", "-s", "localMachines/tests", "-t", "."],
    runner: "unittest",
  },
  {
    level: "unit",
    name: "stand-in for AWS",
    command: [
      "env",
      "PYTHONPATH=.",
      "python3",
      "-m",
      "unittest",
      "discover",
      "-s",
      "tests/aws/standIn/tests",
      "-t",
      "tests/aws",
    ],
    runner: "unittest",
  },
  {
    level: "unit",
    name: "toolchain",
    command: ["python3", "-m", "unittest", "discover", "-s", "toolchain/tests", "-t", "toolchain"],
    runner: "unittest",
  },
  { level: "unit", name: "sample application", command: ["app/tests/run"], runner: "unittest" },
  {
    level: "unit",
    name: "command provider",
    command: ["go", "test", "-json", "./..."],
    folder: "toolchain/commandProvider",
    runner: "go",
    needs: "go",
  },
  {
    level: "unit",
    name: "AWS provider",
    command: ["go", "test", "-json", "./names"],
    folder: "toolchain/awsProvider",
    runner: "go",
    needs: "go",
  },
  { level: "graph", name: "program under mocks", command: [...jest("graph"), "--maxWorkers=100%"], runner: "jest" },
  // These wait most of the time, so more of them run at once than there are processors.
  {
    level: "rendered",
    name: "files under the real programs",
    command: [...jest("rendered"), "--maxWorkers=150%"],
    runner: "jest",
  },
  {
    level: "machine",
    name: "life of a local machine",
    command: [
      ...["env", "PORTICO_MACHINE_TESTS=1", "python3", "-m", "unittest"],
      ...["localMachines.tests.test_life", "localMachines.tests.test_walls"],
    ],
    runner: "unittest",
  },
  {
    level: "machine",
    name: "real engine, real machines",
    command: [...jest("machine"), "--runInBand", "--testPathIgnorePatterns", ...secondLane.map(onMachines)],
    runner: "jest",
    after: removeWorkspace,
  },
  {
    level: "machine",
    name: "a fleet, given hosts and an operator's commands",
    command: [...secondNetwork, ...jest(...secondLane.map(onMachines)), "--runInBand"],
    runner: "jest",
    after: [...secondNetwork, ...removeGivenHosts],
    beside: true,
  },
  {
    level: "long",
    name: "every setting and every moment, on a stack under load",
    command: [
      "env",
      "PORTICO_TEST_LONG=1",
      ...jest(...["settings", "operator", "fleet", "stack"].map(onMachines)),
      "--runInBand",
    ],
    runner: "jest",
    after: removeGivenHosts,
  },
  {
    level: "long",
    name: "applications and packages that are not made to fit",
    command: [...jest("long"), "--runInBand"],
    runner: "jest",
    after: removeWorkspace,
  },
  {
    level: "long",
    name: "TLS provider",
    // Built as bin/setup builds the provider, whose packages are compiled then; vet would read all 1,500 of them.
    command: ["env", "GOWORK=off", "go", "test", "-json", "-trimpath", "-buildvcs=false", "-vet=off", "./gen"],
    folder: "toolchain/tlsProvider",
    runner: "go",
    needs: "go",
  },
  {
    level: "aws",
    name: "real provider, stand-in for AWS",
    command: [...jest("aws"), "--runInBand"],
    runner: "jest",
    after: runScript("tests/aws/support/removeWorkspace.cli.ts"),
  },
];

/** Tests by their paths below tests/: those of a level, or single files. */
function jest(...paths: string[]): string[] {
  return ["node_modules/.bin/jest", ...paths.map((path) => `tests/${path}`)];
}

function onMachines(name: string): string {
  return `machine/${name}.test.ts`;
}

function runScript(file: string): string[] {
  return ["node", "-r", "@swc-node/register", file];
}
