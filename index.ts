import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { authorOf, deploymentHistory } from "./components/deploymentHistory";
import { EdgeBalancer } from "./components/edgeBalancer";
import { GeneratedSecrets } from "./components/generatedSecrets";
import { LocalTarget } from "./components/localTarget";
import { PrivateAuthority } from "./components/privateAuthority";
import { Rollout } from "./components/rollout";
import { ServerFleet } from "./components/serverFleet";
import { readConfiguration } from "./config";
import { localSite } from "./lib/localSite";
import { buildRelease } from "./lib/release";
import { leaseSeconds, planBatches } from "./lib/rollout";
import { planEdgeRole, planWebRole } from "./lib/roles";
import { asRunError } from "./components/runError";
import { cacheFolder, stackFolders } from "./lib/stateFolder";

async function declareStack() {
  const stack = pulumi.getStack();
  const folders = stackFolders(stack);
  const { settings, secrets } = readConfiguration();
  const site = localSite(settings, folders);
  const release = await buildRelease({
    ...settings.app,
    appFolder: settings.app.folder,
    platform: site.platform,
    cacheFolder: path.join(cacheFolder(), "wheels"),
    outputFolder: folders.releases,
    onProgress: (line) => void pulumi.log.info(line),
  });
  const web = await planWebRole(settings, site, folders.bundles);
  const edge = await planEdgeRole(settings, site, folders.bundles);

  const machines = new LocalTarget("local", { settings: settings.local, folders });
  const authority = new PrivateAuthority("authority", { commonName: `Portico ${stack}` });
  const generated = new GeneratedSecrets("app-secrets", { names: settings.app.generatedSecrets });
  const history = deploymentHistory(release.id);
  const author = authorOf(history);
  const fleet = new ServerFleet("web", { machines: machines.web, ...web, release, authority, secrets: { ...secrets, ...generated.values }, author });
  const balancer = new EdgeBalancer("balancer", { machine: machines.balancer, ...edge, domains: settings.site.domains, authority, author });
  const batches = planBatches(fleet.servers, settings.rollout.batch);
  const { served } = new Rollout("rollout", { batches, balancer, migrates: settings.app.migration !== null, leaseSeconds: leaseSeconds(settings, batches.length) });

  return {
    url: pulumi.all([machines.balancer.address, served]).apply(([address]) => `https://${address}`),
    caCertificate: authority.certificate,
    release: release.id,
    history: pulumi.all([history, served]).apply(([deployments]) => deployments),
    hosts: [
      ...machines.web.map(({ name, address }) => ({ name, role: "web", address })),
      { name: machines.balancer.name, role: "balancer", address: machines.balancer.address },
    ],
  };
}

export = () => declareStack().catch(asRunError);
