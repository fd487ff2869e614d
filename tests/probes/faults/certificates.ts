import { group, type Probe } from "../probe";

/** Generations of the authority, and the given certificate. */
export const certificates: readonly Probe[] = [
  ...group({ jest: ["unit/generations.test.ts", "graph/authority.test.ts"] }, [
    {
      name: "the former authority is not trusted",
      file: "generations.ts",
      find: "[current - 1, current, current + 1]",
      replace: "[current, current + 1]",
    },
    {
      name: "the next authority is not trusted",
      file: "generations.ts",
      find: "[current - 1, current, current + 1]",
      replace: "[current - 1, current]",
    },
    {
      name: "a step over a generation",
      file: "generations.ts",
      find: "trustedGenerations(previous).includes(current)) return;",
      replace: "trustedGenerations(previous + 1).includes(current)) return;",
    },
    {
      name: "an authority under an authority",
      file: "privateAuthority.ts",
      find: "        maxPathLength: 0,\n",
      replace: "",
    },
    {
      name: "a certificate outlives its authority",
      file: "privateAuthority.ts",
      find: "const authorityRenewDays = 900;",
      replace: "const authorityRenewDays = 30;",
    },
    {
      name: "a host's certificate is good for anything",
      file: "privateAuthority.ts",
      find: 'allowedUses: ["digital_signature", "server_auth"]',
      replace: 'allowedUses: ["digital_signature", "server_auth", "cert_signing"]',
    },
    {
      name: "two authorities have one name",
      file: "privateAuthority.ts",
      find: "generation === 1 ? commonName : `${commonName}, generation ${generation}`",
      replace: "commonName",
    },
  ]),
  ...group({ jest: ["unit/givenCertificate.test.ts"] }, [
    {
      name: "a certificate for other names",
      file: "givenCertificate.ts",
      find: '{ subject: "never" }) === undefined',
      replace: '{ subject: "never" }) === null',
    },
    {
      name: "a certificate that has ended",
      file: "givenCertificate.ts",
      find: "if (now > new Date(validTo))",
      replace: "if (now < new Date(validTo) && now > new Date(validTo))",
    },
    {
      name: "a chain in any order",
      file: "givenCertificate.ts",
      find: "return authority.ca && below.checkIssued(authority) && below.verify(authority.publicKey);",
      replace: "return authority.ca;",
    },
    {
      name: "a private key beside a certificate",
      file: "givenCertificate.ts",
      find: 'if (text.includes("PRIVATE KEY-----"))',
      replace: 'if (text.startsWith("PRIVATE KEY-----"))',
    },
  ]),
];
