/**
 * Order of Python versions (the version specifiers standard, formerly PEP 440), as far as lock files and
 * environment markers need it.
 */
const versionForm =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?(\d*))?(?:(?:-(\d+))|(?:[-_.]?(post|rev|r)[-_.]?(\d*)))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+[a-z0-9]+(?:[-_.][a-z0-9]+)*)?$/i;

const preReleaseRank: Record<string, number> = { a: 0, alpha: 0, b: 1, beta: 1, c: 2, rc: 2, pre: 2, preview: 2 };

export function isVersion(text: string): boolean {
  return versionForm.test(text.trim());
}

/** Negative when `left` is older, 0 when equal, positive when newer. Local labels (`+cu124`) do not count. */
export function compareVersions(left: string, right: string): number {
  const leftKey = sortKey(left);
  const rightKey = sortKey(right);
  for (let index = 0; index < Math.max(leftKey.length, rightKey.length); index += 1) {
    const difference = (leftKey[index] ?? 0) - (rightKey[index] ?? 0);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

/** The release numbers only: 1.26.0rc1 gives [1, 26, 0]. */
export function releaseNumbers(version: string): number[] {
  return parts(version).release;
}

/** Epoch, six release numbers, then the suffixes in the order of the standard: dev < pre < none < post. */
function sortKey(version: string): number[] {
  const { epoch, release, preKind, preNumber, post, dev } = parts(version);
  const padded = Array.from({ length: 6 }, (_, index) => release[index] ?? 0);
  const onlyDev = dev !== undefined && preKind === undefined && post === undefined;
  const preRank = preKind !== undefined ? preReleaseRank[preKind]! : onlyDev ? -1 : 3;
  return [epoch, ...padded, preRank, preNumber, post ?? -1, dev ?? Number.MAX_SAFE_INTEGER];
}

function parts(version: string) {
  const match = versionForm.exec(version.trim());
  if (match === null) throw new Error(`not a Python version: ${JSON.stringify(version)}`);
  const [, epoch, release, preKind, preNumber, dashPost, postWord, postNumber, devWord, devNumber] = match;
  return {
    epoch: Number(epoch ?? 0),
    release: release!.split(".").map(Number),
    preKind: preKind?.toLowerCase(),
    preNumber: Number(preNumber ?? 0),
    post: dashPost !== undefined ? Number(dashPost) : postWord !== undefined ? Number(postNumber ?? 0) : undefined,
    dev: devWord !== undefined ? Number(devNumber ?? 0) : undefined,
  };
}
