import { checkEntries, describeBackup, readDescription } from "../../lib/stack/backup";

const entry = (name: string, kind = "-rw-------") => `${kind} 0/0   12 2026-01-01 00:00 ${name}`;
const whole = [
  entry("portico-backup.json"),
  entry("passphrase"),
  entry("encryptionsalt"),
  entry("backend/", "drwx------"),
  entry("backend/.pulumi/stacks/portico/dev.json"),
];

describe("a backup", () => {
  it("holds folders and files of a state, and no more", () => {
    expect(() => checkEntries([...whole, ""], "file")).not.toThrow();
  });

  it.each([
    ["a path out of it", entry("backend/../../../etc/passwd")],
    ["an absolute path", entry("/etc/passwd")],
    ["a file of another kind", entry("machines/web-1/machine.json")],
    ["a link", `lrwxrwxrwx 0/0 0 2026-01-01 00:00 backend/link -> /etc`],
    ["a device", `crw------- 0/0 1,3 2026-01-01 00:00 backend/null`],
  ])("with %s in it is refused", (_what, line) => {
    expect(() => checkEntries([...whole, line], "file")).toThrow(
      "allowed: a file that bin/backup wrote; nothing was changed",
    );
  });

  it("without its description is refused", () => {
    expect(() => checkEntries(whole.slice(1), "file")).toThrow("without portico-backup.json");
  });

  it("says of which stack it is and when it was made, and is no other stack's", () => {
    const description = describeBackup("dev", new Date("2026-01-02T03:04:05.678Z"));
    expect(description).toEqual({ format: 1, stack: "dev", at: "2026-01-02T03:04:05Z" });
    const text = JSON.stringify(description);
    expect(readDescription(text, "dev", "file")).toEqual(description);
    expect(() => readDescription(text, "prod", "file")).toThrow("a backup of the stack dev");
    expect(() => readDescription(JSON.stringify({ ...description, format: 2 }), "dev", "file")).toThrow("of format 2");
    expect(() => readDescription("no", "dev", "file")).toThrow("of format undefined");
  });
});
