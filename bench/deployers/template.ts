import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const mark = /^<!-- change .* -->\n/m;

/** Changes one line of the sample's home page: another text each time. */
export function changeTemplate(app: string): void {
  const file = path.join(app, "portico_sample/templates/index.html");
  const line = `<!-- change ${process.hrtime.bigint()} -->\n`;
  const before = readFileSync(file, "utf8");
  writeFileSync(file, mark.test(before) ? before.replace(mark, line) : before + line);
}
