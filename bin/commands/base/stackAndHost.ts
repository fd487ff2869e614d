import { UsageError } from "./main";

export interface StackAndHost {
  stack: string;
  /** The host that `--host` names. */
  wanted?: string;
}

/** Words of the form [STACK] [--host NAME]; throws a UsageError for others. */
export function readStackAndHost(words: readonly string[], usage: string): StackAndHost {
  const at = words.indexOf("--host");
  const wanted = at < 0 ? undefined : words[at + 1];
  const [stack = "dev", ...rest] = at < 0 ? words : words.filter((_, index) => index !== at && index !== at + 1);
  if (rest.length > 0 || stack.startsWith("-") || (at >= 0 && (wanted ?? "-").startsWith("-")))
    throw new UsageError(usage);
  return { stack, wanted };
}
