"use strict";
// One resource for each file and host, and a command that restarts the application when one of them changed.
const { createHash } = require("node:crypto");
const { readdirSync, readFileSync } = require("node:fs");
const path = require("node:path");
const pulumi = require("@pulumi/pulumi");
const command = require("@pulumi/command");

const { addresses, keyFile } = JSON.parse(readFileSync("fleet.json", "utf8"));
const privateKey = pulumi.secret(readFileSync(keyFile, "utf8"));
const files = readdirSync("app", { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
const hashOf = (file) => createHash("sha256").update(readFileSync(file)).digest("hex");

for (const host of addresses) {
  const connection = { host, user: "admin", privateKey };
  const copies = files.map((entry) => {
    const file = path.join(entry.parentPath ?? entry.path, entry.name);
    const remotePath = path.join("/srv/files", path.relative("app", file));
    return new command.remote.CopyToRemote(`${host} ${file}`, {
      connection,
      source: new pulumi.asset.FileAsset(file),
      remotePath,
      triggers: [hashOf(file)],
    });
  });
  new command.remote.Command(
    `${host} restart`,
    {
      connection,
      create: "sudo systemctl restart files.service",
      triggers: [files.map((entry) => hashOf(path.join(entry.parentPath ?? entry.path, entry.name))).join()],
    },
    { dependsOn: copies },
  );
}
