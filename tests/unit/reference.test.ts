import { readFileSync } from "node:fs";
import { changes, describeChange } from "../../lib/settings/changes";
import { settingKeys, settingsReference } from "../../lib/settings/reference";

describe("docs/configuration.md", () => {
  it("is what bin/docs writes today", () => {
    expect(readFileSync("docs/configuration.md", "utf8")).toBe(settingsReference());
  });

  it("shows what the items of a list are made of", () => {
    const rows = settingsReference().split("\n");
    expect(rows).toContainEqual(
      expect.stringMatching(/^\| `machines\[\]\.hostKey` \| Pinned host key; .+ \| must be set \| a public key/),
    );
    expect(rows).toContainEqual(expect.stringMatching(/^\| `machines\[\]\.sshPort` \| .+ \| `22` \|/));
  });

  it("says of every setting what a change does, on each target where that differs", () => {
    expect(Object.keys(changes).sort()).toEqual(settingKeys().sort());
    expect(describeChange("app.livePath")).toBe("reload");
    expect(describeChange("app.staticFolder")).toBe("reload, new slot");
    expect(describeChange("balancer.idleTimeoutSeconds")).toBe("reload; on aws in place, reload");
    expect(settingsReference()).toMatch(/^\| `platform` \| Operating system of the machines; .+ \| refused \|$/m);
  });

  it("gives every setting a meaning, what is allowed, and what a change does", () => {
    const rows = settingsReference()
      .split("\n")
      .filter((line) => line.startsWith("| `"));
    expect(rows.length).toBeGreaterThan(50);
    for (const row of rows) {
      const cells = row.split(/(?<!\\)\|/).map((cell) => cell.trim());
      expect(cells.slice(1, 6).every((cell) => cell !== "")).toBe(true);
    }
  });
});
