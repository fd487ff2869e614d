import { execFileSync } from "node:child_process";
import { hostname, userInfo } from "node:os";

export interface DeploymentAuthor {
  /** User and computer, or the person whom CI names. */
  who: string;
  /** Commit of the program's checkout, with a + when there were changes on top; null outside of version control. */
  commit: string | null;
}

/** Who runs this program, from which commit. */
export function currentAuthor(environment: NodeJS.ProcessEnv = process.env): DeploymentAuthor {
  const who = environment.GITHUB_ACTOR || environment.GITLAB_USER_LOGIN || `${userInfo().username}@${hostname()}`;
  return { who, commit: currentCommit() };
}

function currentCommit(): string | null {
  try {
    const git = (...words: string[]) =>
      execFileSync("git", words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
    return git("rev-parse", "--short=12", "HEAD") + (git("status", "--porcelain") === "" ? "" : "+");
  } catch {
    return null;
  }
}
