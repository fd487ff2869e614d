import { writeFileSync } from "node:fs";
import { settingsReference } from "../../lib/settings/reference";

const target = "docs/configuration.md";

writeFileSync(target, settingsReference());
process.stdout.write(`portico: wrote ${target}\n`);
