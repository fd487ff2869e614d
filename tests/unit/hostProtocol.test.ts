import { readFileSync } from "node:fs";
import { everyKeyIsListed, hostCommands } from "../../lib/hosts/protocol";
import { protocolReference } from "../../lib/hosts/protocolReference";

test("docs/host-program.md is what bin/docs writes today", () => {
  expect(readFileSync("docs/host-program.md", "utf8")).toBe(protocolReference());
});

test("it has a section for each command, with what it takes, answers and ends with", () => {
  const text = protocolReference();
  for (const [name, { input, output }] of Object.entries(hostCommands)) {
    const section = text.split(`\n## \`${name}\`\n`)[1]?.split("\n## ")[0] ?? "";
    expect(section).toMatch(/Exit codes 0/);
    for (const key of [...Object.keys(input), ...Object.keys(output)]) expect(section).toContain(`| \`${key}\` |`);
  }
});

test("no type of this side has a key that the host program does not list", () => {
  expect(everyKeyIsListed).toBe(true);
});
