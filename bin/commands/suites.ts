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
  /** A program without which the suite cannot run here. */
  needs?: string;
}

export const levels = ["check", "unit", "graph", "rendered", "machine", "aws"] as const;
export type Level = (typeof levels)[number];

/** The levels that run when none is named. `aws` needs what only bin/test-aws makes ready. */
export const usualLevels = levels.filter((level) => level !== "aws");

/** Everything that can be proven, cheapest first. */
export const suites: readonly Suite[] = [
  { level: "check", name: "types", command: ["node_modules/.bin/tsc", "--noEmit"], runner: "check" },
  { level: "check", name: "lint and layers", command: ["node_modules/.bin/eslint", "."], runner: "check" },
  { level: "check", name: "shell scripts", command: ["bin/lint-shell"], runner: "check", needs: "shellcheck" },
  { level: "unit", name: "program", command: jest("unit"), runner: "jest" },
  { level: "unit", name: "host program", command: ["python3", "-m", "unittest", "discover", "-s", "hostProgram/tests"], runner: "unittest" },
  { level: "unit", name: "local machines", command: ["python3", "-m", "unittest", "discover", "-s", "localMachines/tests", "-t", "."], runner: "unittest" },
  { level: "unit", name: "stand-in for AWS", command: ["env", "PYTHONPATH=.", "python3", "-m", "unittest", "discover", "-s", "tests/aws/standIn/tests", "-t", "tests/aws"], runner: "unittest" },
  { level: "unit", name: "toolchain", command: ["python3", "-m", "unittest", "discover", "-s", "toolchain/tests", "-t", "toolchain"], runner: "unittest" },
  { level: "unit", name: "sample application", command: ["app/tests/run"], runner: "unittest" },
  { level: "unit", name: "command provider", command: ["go", "test", "-json", "./..."], folder: "toolchain/commandProvider", runner: "go", needs: "go" },
  { level: "unit", name: "AWS provider", command: ["go", "test", "-json", "./names"], folder: "toolchain/awsProvider", runner: "go", needs: "go" },
  { level: "graph", name: "program under mocks", command: jest("graph"), runner: "jest" },
  { level: "rendered", name: "files under the real programs", command: jest("rendered"), runner: "jest" },
  { level: "machine", name: "life of a local machine", command: ["env", "PORTICO_MACHINE_TESTS=1", "python3", "-m", "unittest", "localMachines.tests.test_life"], runner: "unittest" },
  {
    level: "machine",
    name: "real engine, real machines",
    command: [...jest("machine"), "--runInBand"],
    runner: "jest",
    after: ["node", "-r", "@swc-node/register", "tests/support/removeWorkspace.cli.ts"],
  },
  {
    level: "aws",
    name: "real provider, stand-in for AWS",
    command: [...jest("aws"), "--runInBand"],
    runner: "jest",
    after: ["node", "-r", "@swc-node/register", "tests/aws/support/removeWorkspace.cli.ts"],
  },
];

function jest(level: Level): string[] {
  return ["node_modules/.bin/jest", `tests/${level}`];
}
