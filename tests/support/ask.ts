import path from "node:path";
import { parseAnswer, type HttpAnswer } from "./httpAnswer";
import { run } from "./run";

/** A site, and where its authority's certificate lies. */
interface AskedStack {
  url: string;
  stateFolder: string;
}

/** Asks the site of a stack by curl with its authority; `words` are more of curl's options. */
export async function ask(stack: AskedStack, pathAndQuery: string, ...words: string[]): Promise<HttpAnswer> {
  const authority = path.join(stack.stateFolder, "ca.crt");
  const { code, stdout, output } = await run([
    "curl",
    "--silent",
    "--show-error",
    "--include",
    "--http1.1",
    "--max-time",
    "30",
    "--cacert",
    authority,
    ...words,
    stack.url + pathAndQuery,
  ]);
  return parseAnswer({ status: code, stdout, stderr: output.slice(stdout.length) });
}
