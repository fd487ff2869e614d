type Group = Record<string, unknown>;

/** `site.certificate` was the group of a given certificate once: stack files that say it so go on. */
export function withoutFormerCertificate(given: Group): Group {
  const site = given.site;
  if (!isGroup(site) || !isGroup(site.certificate)) return given;
  return { ...given, site: { ...site, certificate: "given", givenCertificate: site.certificate } };
}

function isGroup(value: unknown): value is Group {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
