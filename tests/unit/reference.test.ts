import { readFileSync } from "node:fs";
import { settingsReference } from "../../lib/settings/reference";

describe("docs/configuration.md", () => {
  it("is what bin/docs writes today", () => {
    expect(readFileSync("docs/configuration.md", "utf8")).toBe(settingsReference());
  });

  it("shows what the items of a list are made of", () => {
    const rows = settingsReference().split("\n");
    expect(rows).toContainEqual(expect.stringMatching(/^\| `machines\[\]\.hostKey` \| Pinned host key; .+ \| must be set \| a public key/));
    expect(rows).toContainEqual(expect.stringMatching(/^\| `machines\[\]\.sshPort` \| .+ \| `22` \|/));
  });

  it("gives every setting a meaning and what is allowed", () => {
    const rows = settingsReference().split("\n").filter((line) => line.startsWith("| `"));
    expect(rows.length).toBeGreaterThan(50);
    for (const row of rows) {
      const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
      expect(cells.slice(1, 5).every((cell) => cell !== "")).toBe(true);
    }
  });
});
