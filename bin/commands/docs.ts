import { writeFileSync } from "node:fs";
import { protocolReference } from "../../lib/hosts/protocolReference";
import { settingsReference } from "../../lib/settings/reference";

const made = { "docs/configuration.md": settingsReference, "docs/host-program.md": protocolReference };

for (const [target, make] of Object.entries(made)) {
  writeFileSync(target, make());
  process.stdout.write(`portico: wrote ${target}\n`);
}
