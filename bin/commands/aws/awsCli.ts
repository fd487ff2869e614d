import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Environment } from "../base/engine";

const run = promisify(execFile);

/** What the AWS CLI answered with, when it was an error: its code, as `NoSuchBucket`, and its words. */
export class AwsError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = "AwsError";
  }
}

/** Runs the AWS CLI and answers what it prints, read as JSON; undefined where it prints nothing. Throws an AwsError. */
export async function callAws<Answer>(words: readonly string[], environment: Environment = {}): Promise<Answer> {
  const env = { ...process.env, ...environment, AWS_PAGER: "", AWS_DEFAULT_OUTPUT: "json" };
  try {
    const { stdout } = await run("aws", words, { env, maxBuffer: 64 * 1024 * 1024 });
    return (stdout.trim() === "" ? undefined : JSON.parse(stdout)) as Answer;
  } catch (error) {
    throw readError(error as NodeJS.ErrnoException & { stderr?: string }, words);
  }
}

function readError(error: NodeJS.ErrnoException & { stderr?: string }, words: readonly string[]): Error {
  if (error.code === "ENOENT") return new Error(missingCli);
  const complaint = error.stderr?.trim() || error.message;
  const code = /An error occurred \(([^)]+)\)/.exec(complaint)?.[1] ?? "unknown";
  return new AwsError(code, `aws ${words.slice(0, 2).join(" ")}: ${complaint}`);
}

export const missingCli =
  "aws: got no such program on PATH; allowed: the AWS CLI; see https://docs.aws.amazon.com/cli/latest/userguide/getting-started-install.html";
