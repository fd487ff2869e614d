/** The name of a resource, the last part of its URN. */
export function nameOfUrn(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** Sorts names as people count: web-2 before web-10. */
export function byName(left: string, right: string): number {
  return left.localeCompare(right, "en", { numeric: true });
}
