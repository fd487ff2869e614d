import { mkdtemp, open, rm, type FileHandle } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SettingsError } from "../../settings/faults";

/** Takes user names, passwords and tokens out of all URLs of a text, so that it may be shown. */
export function withoutCredentials(text: string): string {
  return text.replace(/([A-Za-z][\w+.-]*:\/\/)[^\s/?#]*@/g, "$1****@");
}

const form = /^\s*(machine\s+\S+\s+login\s+\S+\s+password\s+\S+\s*)+$/;

/** Throws a SettingsError for a text that pip would not read as logins; the text is not shown. */
export function checkNetrc(text: string): string {
  if (form.test(text)) return text;
  throw new SettingsError([
    {
      key: "packageIndexNetrc",
      value: "a text of another form (not shown)",
      allowed: "machine HOST login USER password PASSWORD, once for each index, with spaces or line breaks between",
      remedy: "run: pulumi config set --secret packageIndexNetrc",
    },
  ]);
}

/**
 * A file with this text that has no name: what is killed leaves none behind, and only a process that gets it can read it, at
 * `inheritedPath` when it is the first descriptor after standard error.
 */
export async function openNetrc(text: string): Promise<FileHandle> {
  const folder = await mkdtemp(join(tmpdir(), "portico-"));
  try {
    const file = await open(join(folder, "netrc"), "wx+", 0o600);
    await rm(folder, { recursive: true });
    await file.writeFile(text);
    return file;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export const inheritedPath = "/proc/self/fd/3";
