import { execFileSync } from "node:child_process";
import { webServerName } from "../../lib/hosts/wellKnown";
import { renderedVariants } from "../../tests/support/renderedVariants";
import { run } from "../../tests/support/run";
import type { AuditedSite, Machine } from "../site";
import { exposureBar, exposureScript, readExposure } from "./exposure";
import { framingBar, judgeFraming } from "./framing";
import { gixyBar, judgeNginxFiles } from "./gixy";
import type { Opinion, Verdict } from "./judge";
import { lynisArchive, lynisBar, lynisScript, readLynis } from "./lynis";
import { nmapBar, nmapWords, readNmap } from "./nmap";
import { observatoryBar, observatoryWords, readObservatory } from "./observatory";
import { attacks, judgeAttack, normalAlone, slowClientsBar } from "./slowClients";
import { readSshAudit, sshAuditBar, sshAuditWords } from "./sshAudit";
import { readSslyze, sslyzeWords } from "./sslyze";
import { readTestssl, testsslWords } from "./testssl";

export interface Judge {
  name: string;
  bar: string;
  /** Absent where it judges files that are rendered, without machines. */
  site?: true;
  judge(site: AuditedSite): Promise<Opinion[]>;
}

const siteName = "portico.internal";
/** The ways in that speak TLS; browsers come to the first alone. */
const ways = (site: AuditedSite) => [
  { about: "443", name: siteName, address: site.addresses.balancer, port: 443 },
  { about: "8443", name: webServerName, address: site.addresses.web[0]!.address, port: 8443 },
];

async function onEach(site: AuditedSite, judge: (machine: Machine) => Verdict | Promise<Verdict>): Promise<Opinion[]> {
  const found: Opinion[] = [];
  for (const machine of site.machines) found.push({ about: machine.name, ...(await judge(machine)) });
  return found;
}

/** All judges, cheapest first. */
export const judges: readonly Judge[] = [
  {
    name: "gixy-ng",
    bar: gixyBar,
    judge: async () => [{ about: "files", ...(await judgeNginxFiles(renderedVariants())) }],
  },
  { name: "framing", bar: framingBar, judge: judgeFraming },
  {
    name: "exposure",
    bar: exposureBar,
    site: true,
    judge: (site) => onEach(site, (machine) => readExposure(site.on(machine, exposureScript), machine.role)),
  },
  {
    name: "ssh-audit",
    bar: sshAuditBar,
    site: true,
    judge: (site) => onEach(site, async ({ address }) => readSshAudit((await run(sshAuditWords(address))).stdout)),
  },
  {
    name: "Observatory",
    bar: observatoryBar,
    site: true,
    judge: async (site) => {
      const words = observatoryWords(siteName, site.addresses.balancer, site.authorityFile);
      return [{ about: "443", ...readObservatory((await run(words)).stdout) }];
    },
  },
  {
    name: "sslyze",
    bar: "Mozilla's intermediate profile, no deviation",
    site: true,
    judge: (site) =>
      Promise.all(
        ways(site).map(async ({ about, name, address, port }) => {
          const { output } = await run(sslyzeWords(name, address, port, site.authorityFile));
          return { about, ...readSslyze(output) };
        }),
      ),
  },
  {
    name: "testssl",
    bar: "A+; A on 8443, where no browser comes",
    site: true,
    judge: (site) =>
      Promise.all(
        ways(site).map(async ({ about, name, address, port }) => {
          const { stdout } = await run(testsslWords(name, address, port), { input: site.authority });
          return { about, ...readTestssl(stdout, port === 443) };
        }),
      ),
  },
  {
    name: "nmap",
    bar: nmapBar,
    site: true,
    judge: (site) =>
      onEach(site, async (machine) => {
        const others = site.machines.filter(({ name }) => name !== machine.name);
        const seen = await Promise.all(
          others.map(async ({ name, init }) =>
            readNmap((await run(nmapWords(init, machine.address))).stdout, machine.role, `from ${name}`),
          ),
        );
        return {
          figure: [...new Set(seen.map(({ figure }) => figure))].join("; "),
          faults: seen.flatMap(({ faults }) => faults),
        };
      }),
  },
  {
    name: "lynis",
    bar: lynisBar,
    site: true,
    judge: (site) => {
      const [program, ...words] = lynisArchive();
      const archive = execFileSync(program!, words, { maxBuffer: 64 * 1024 * 1024 });
      return onEach(site, (machine) => readLynis(site.on(machine, lynisScript, archive)));
    },
  },
  {
    name: "slow clients",
    bar: slowClientsBar,
    site: true,
    judge: async (site) => {
      const alone = await normalAlone(site.normalClients);
      const found: Opinion[] = [];
      for (const [about, attack] of Object.entries(attacks(site.url, site.addresses.balancer, site.attacker)))
        found.push({ about, ...(await judgeAttack(site.normalClients, attack, alone)) });
      return found;
    },
  },
];
