import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { SettingsError } from "../settings";

const pemBlock = /-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g;

/** The certificates in a file that a setting names. At least one; others throw, as there is nothing more to be said about them. */
export function readCertificates(key: string, file: string): X509Certificate[] {
  const text = readText(key, file);
  if (text.includes("PRIVATE KEY-----"))
    throw oneFault(
      key,
      `${file}, with a private key`,
      "certificates alone",
      "take the key out, and run: pulumi config set --secret certificateKey",
    );
  const blocks = text.match(pemBlock) ?? [];
  if (blocks.length === 0)
    throw oneFault(key, `${file}, without a certificate`, "a file in PEM", "convert it with: openssl x509");
  return blocks.map((block, index) => parse(key, `${file}, certificate ${index + 1}`, block));
}

function readText(key: string, file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw oneFault(
      key,
      file,
      "a file that can be read, relative to the program",
      `look at it: ${(error as NodeJS.ErrnoException).code}`,
    );
  }
}

function parse(key: string, where: string, block: string): X509Certificate {
  try {
    return new X509Certificate(block);
  } catch {
    throw oneFault(key, where, "a certificate that OpenSSL can read", "copy it anew; it is damaged");
  }
}

function oneFault(key: string, value: string, allowed: string, remedy: string): SettingsError {
  return new SettingsError([{ key, value, allowed, remedy }]);
}
