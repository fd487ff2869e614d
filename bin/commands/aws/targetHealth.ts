import { runMain } from "../base/main";
import { drainInput, waitInput, waitUntilGone, waitUntilHealthy } from "./targetGroup";

const commands: Record<string, (input: unknown) => Promise<void>> = {
  wait: (input) => waitUntilHealthy(waitInput.parse(input)),
  drain: (input) => waitUntilGone(drainInput.parse(input)),
};

async function targetHealth([name = "", ...rest]: string[]): Promise<number> {
  const command = commands[name];
  if (command === undefined || rest.length > 0) {
    process.stderr.write("usage: bin/target-health wait|drain, with JSON on standard input\n");
    return 2;
  }
  await command(JSON.parse(await readInput()));
  return 0;
}

async function readInput(): Promise<string> {
  let text = "";
  for await (const chunk of process.stdin) text += String(chunk);
  return text;
}

runMain(targetHealth);
