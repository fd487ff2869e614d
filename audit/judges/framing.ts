import { run } from "../../tests/support/run";
import type { Opinion } from "./judge";

export const framingBar = "each refused or harmless, at least 200";
const least = 200;

interface Results {
  testResults: {
    assertionResults: { title: string; status: string; ancestorTitles: string[]; failureMessages: string[] }[];
  }[];
}

/** The tests of the rendered files send the cases, on each platform that is here. */
export async function judgeFraming(): Promise<Opinion[]> {
  const { stdout, output } = await run(["node_modules/.bin/jest", "tests/rendered/framing.test.ts", "--json"]);
  if (!stdout.startsWith("{")) throw new Error(output.slice(-2000));
  const tests = (JSON.parse(stdout) as Results).testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== "pending");
  const platforms = [...new Set(tests.map(({ ancestorTitles }) => ancestorTitles[0]!))];
  return platforms.map((platform) => {
    const here = tests.filter(({ ancestorTitles }) => ancestorTitles[0] === platform);
    const failed = here.filter(({ status }) => status !== "passed");
    const few = here.length >= least ? [] : [`only ${here.length} cases`];
    const faults = [...few, ...failed.map(({ title, failureMessages }) => `${title}\n${failureMessages.join("\n")}`)];
    return { about: platform, figure: `${here.length} cases, ${failed.length} wrong`, faults };
  });
}
