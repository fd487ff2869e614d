import { readFileSync } from "node:fs";
import path from "node:path";

/** The lines of docs/hosts.md that leave a login user no more of root than Portico needs, for one of another name. */
export function sudoLines(user: string): string {
  const page = readFileSync(path.join(__dirname, "../../docs/hosts.md"), "utf8");
  const lines = /^```sudoers\n(.+?)^```$/ms.exec(page)?.[1];
  if (!lines?.startsWith("deploy ALL = "))
    throw new Error("docs/hosts.md: got no lines for sudo; mend the test with them");
  return lines.replace("deploy", user);
}
