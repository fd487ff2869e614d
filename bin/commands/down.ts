import { askEngine, runEngine, stackEnvironment, type Environment } from "./engine";
import { runMain } from "./main";
import { removeStaleLock } from "./staleLock";

async function takeDown(stack: string): Promise<number> {
  const environment = stackEnvironment(stack);
  if (!stackExists(stack, environment)) {
    process.stdout.write(`portico: there is no stack ${stack}; nothing to remove\n`);
    return 0;
  }
  removeStaleLock(stack, environment);
  return runEngine(["destroy", "--yes", "--skip-preview", "--suppress-outputs", "--stack", stack], environment);
}

function stackExists(stack: string, environment: Environment): boolean {
  const stacks = JSON.parse(askEngine(["stack", "ls", "--json"], environment)) as { name: string }[];
  return stacks.some(({ name }) => name === stack || name.endsWith(`/${stack}`));
}

runMain(([stack = "dev"]) => takeDown(stack));
