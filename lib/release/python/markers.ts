import { compareVersions, isVersion, releaseNumbers } from "./version";

/**
 * Environment markers (the dependency specifiers standard, formerly PEP 508) judged for the host. pip judges
 * them for the interpreter that it runs in, whatever --python-version says, which is wrong on another computer.
 */
export type MarkerEnvironment = Readonly<Record<string, string>>;

/** What markers see on a Linux host with CPython. */
export function hostMarkers(python: string, architecture: string): MarkerEnvironment {
  return {
    os_name: "posix",
    sys_platform: "linux",
    platform_system: "Linux",
    platform_machine: architecture,
    platform_python_implementation: "CPython",
    implementation_name: "cpython",
    python_version: python,
    python_full_version: `${python}.0`,
    implementation_version: `${python}.0`,
    platform_release: "",
    platform_version: "",
    extra: "",
  };
}

/** Whether `marker` holds in `environment`. Throws an Error that tells what it does not understand. */
export function markerHolds(marker: string, environment: MarkerEnvironment): boolean {
  const tokens = tokenize(marker);
  const holds = readOr(tokens, environment);
  if (tokens.length > 0) throw new Error(`unexpected ${tokens[0]} in the marker ${JSON.stringify(marker)}`);
  return holds;
}

const tokenForm = /\s*(\(|\)|===|~=|==|!=|<=|>=|<|>|not\s+in\b|in\b|and\b|or\b|"[^"]*"|'[^']*'|[A-Za-z_][\w.]*)/y;

function tokenize(marker: string): string[] {
  const tokens: string[] = [];
  tokenForm.lastIndex = 0;
  const text = marker.trim();
  while (tokenForm.lastIndex < text.length) {
    const start = tokenForm.lastIndex;
    const match = tokenForm.exec(text);
    if (match === null)
      throw new Error(`cannot read ${JSON.stringify(text.slice(start))} of the marker ${JSON.stringify(text)}`);
    tokens.push(match[1]!.replace(/^not\s+in$/, "not in"));
  }
  return tokens;
}

function readOr(tokens: string[], environment: MarkerEnvironment): boolean {
  let holds = readAnd(tokens, environment);
  while (tokens[0] === "or") {
    tokens.shift();
    holds = readAnd(tokens, environment) || holds;
  }
  return holds;
}

function readAnd(tokens: string[], environment: MarkerEnvironment): boolean {
  let holds = readComparison(tokens, environment);
  while (tokens[0] === "and") {
    tokens.shift();
    holds = readComparison(tokens, environment) && holds;
  }
  return holds;
}

function readComparison(tokens: string[], environment: MarkerEnvironment): boolean {
  if (tokens[0] === "(") {
    tokens.shift();
    const holds = readOr(tokens, environment);
    if (tokens.shift() !== ")") throw new Error("a marker lacks a closing parenthesis");
    return holds;
  }
  const left = readValue(tokens.shift(), environment);
  const operator = tokens.shift() ?? "nothing";
  const right = readValue(tokens.shift(), environment);
  return compare(left, operator, right);
}

function readValue(token: string | undefined, environment: MarkerEnvironment): string {
  const quoted = token === undefined ? null : /^(["'])(.*)\1$/.exec(token);
  if (quoted !== null) return quoted[2]!;
  const value = Object.hasOwn(environment, token ?? "") ? environment[token!] : undefined;
  if (value === undefined) throw new Error(`a marker asks for ${token ?? "nothing"}, which is unknown`);
  return value;
}

function compare(left: string, operator: string, right: string): boolean {
  const judgeTexts = textOperators[operator];
  if (judgeTexts !== undefined) return judgeTexts(left, right);
  const prefix = /^(.+)\.\*$/.exec(right)?.[1];
  if (prefix !== undefined && isVersion(prefix)) return comparePrefix(left, operator, prefix);
  if (operator === "~=")
    return compareVersions(left, right) >= 0 && startsWithRelease(left, releaseNumbers(right).slice(0, -1));
  const judge = orders[operator];
  if (judge === undefined) throw new Error(`a marker compares with ${operator}`);
  return judge(isVersion(left) && isVersion(right) ? compareVersions(left, right) : compareTexts(left, right));
}

const textOperators: Partial<Record<string, (left: string, right: string) => boolean>> = {
  in: (left, right) => right.includes(left),
  "not in": (left, right) => !right.includes(left),
  "===": (left, right) => left === right,
};

const orders: Partial<Record<string, (difference: number) => boolean>> = {
  "==": (difference) => difference === 0,
  "!=": (difference) => difference !== 0,
  "<": (difference) => difference < 0,
  "<=": (difference) => difference <= 0,
  ">": (difference) => difference > 0,
  ">=": (difference) => difference >= 0,
};

function comparePrefix(left: string, operator: string, prefix: string): boolean {
  const matches = startsWithRelease(left, releaseNumbers(prefix));
  if (operator === "==") return matches;
  if (operator === "!=") return !matches;
  throw new Error(`a marker uses ${operator} with ${prefix}.*`);
}

function startsWithRelease(version: string, prefix: number[]): boolean {
  const release = releaseNumbers(version);
  return prefix.every((number, index) => (release[index] ?? 0) === number);
}

function compareTexts(left: string, right: string): number {
  return left === right ? 0 : left < right ? -1 : 1;
}
