import { readFileSync } from "node:fs";
import { describeRemainingHosts, removalCommands } from "../../lib/targets/hosts/removal";

test("names each host with its login, and the commands that remove Portico", () => {
  const text = describeRemainingHosts([
    { name: "one", address: "10.0.0.11", port: 22, user: "admin" },
    { name: "second", address: "10.0.0.12", port: 2222, user: "ubuntu" },
  ]);
  expect(text).toContain("  one     admin@10.0.0.11\n  second  ubuntu@10.0.0.12 port 2222\n");
  for (const command of removalCommands) expect(text).toContain(`  ${command}\n`);
});

test("says so when no host was reached before the stack went", () => {
  expect(describeRemainingHosts([])).toBe("no host was configured yet; nothing of Portico stays\n");
});

test("docs/hosts.md has the same commands", () => {
  expect(readFileSync("docs/hosts.md", "utf8")).toContain(`\`\`\`\n${removalCommands.join("\n")}\n\`\`\``);
});
