import { shownBy } from "./handshakes";
import type { Pebble } from "./pebble";

/** A site whose certificate an authority issues, and how a script is run on its balancer while the authority goes on. */
export interface OrderingSite {
  address: string;
  name: string;
  pebble: Pebble;
  onBalancer: (script: string) => Promise<string>;
}

const log = "journalctl --unit='portico-cert*' --lines=80 --output=cat";

/** Has the balancer order until the site shows another certificate that the authority issued; answers which. */
export async function nextIssued({ address, name, pebble, onBalancer }: OrderingSite, before: string): Promise<string> {
  for (let attempt = 0; attempt < 60; attempt += 1) {
    await onBalancer(`systemctl start portico-certify.service || { ${log} >&2; exit 1; }`);
    const found = await shownBy(address, name, await pebble.root()).catch(() => before);
    if (found !== before) return found;
    await new Promise((resolve) => setTimeout(resolve, 1000));
  }
  throw new Error(await onBalancer(log));
}
