import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { copySample, wheels } from "./application";
import { processorsOfHost, type PeerMachines } from "./machines";

const files = path.join(__dirname, "stockFiles");

/** A file of the stock set-up, its marks replaced. */
export function stockFile(name: string, values: Record<string, string | number> = {}): string {
  const text = readFileSync(path.join(files, name), "utf8");
  return text.replace(/@(\w+)@/g, (mark, key: string) => String(values[key] ?? mark));
}

/** As many as tutorials and Gunicorn's own documents say. */
export const workers = 2 * processorsOfHost + 1;

/** Installs the sample below /srv/sample, by pip from the locked wheels, as Portico's own environments are made. */
export async function installSample(machines: PeerMachines, name: string): Promise<void> {
  const sample = mkdtempSync(path.join(tmpdir(), "portico-bench-sample-"));
  try {
    copySample(sample);
    machines.copy(name, sample, "/srv/sample/app");
  } finally {
    rmSync(sample, { recursive: true, force: true });
  }
  machines.copy(name, await wheels(), "/srv/sample/wheels");
  machines.run(name, install, randomBytes(32).toString("hex"));
}

const install = `
set -eu
cd /srv/sample
mkdir -p secrets
[ -s secrets/app_appSecretKey ] || cat > secrets/app_appSecretKey
chown -R www-data: secrets
chmod -R u=rwX,go=rX app wheels
[ -x venv/bin/gunicorn ] || {
  python3 -m venv venv
  venv/bin/pip install -q --no-index --find-links wheels --require-hashes -r app/requirements.lock
}
`;

/** Writes units, by name, and starts them; where a text is new, what ran with the old one starts anew. */
export function startUnits(machines: PeerMachines, name: string, units: Record<string, string>): void {
  const place = (unit: string) => `/etc/systemd/system/${unit}`;
  const changed = Object.entries(units).filter(
    ([unit, text]) => machines.run(name, `cat ${place(unit)} 2>/dev/null || true`) !== text,
  );
  for (const [unit, text] of changed) machines.run(name, `cat > ${place(unit)}`, text);
  const all = Object.keys(units).join(" ");
  const stop = changed.length === 0 ? "" : `systemctl stop -q ${all}; `;
  machines.run(name, `systemctl daemon-reload; systemctl enable -q ${all}; ${stop}systemctl start ${all}`);
}

/** Debian's Nginx with one site. */
export function startNginx(machines: PeerMachines, name: string, site: string): void {
  machines.run(
    name,
    "cat > /etc/nginx/sites-available/site && ln -sf ../sites-available/site /etc/nginx/sites-enabled/site && " +
      "rm -f /etc/nginx/sites-enabled/default && nginx -q -t && " +
      "systemctl enable -q --now nginx.service && systemctl reload nginx.service",
    site,
  );
}
