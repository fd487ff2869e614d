import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { authorOf, deploymentHistory } from "./components/deploymentHistory";
import { GeneratedSecrets } from "./components/generatedSecrets";
import { PrivateAuthority } from "./components/privateAuthority";
import { Rollout } from "./components/rollout";
import { ServerFleet } from "./components/serverFleet";
import { readConfiguration } from "./config";
import { buildRelease } from "./lib/release";
import { leaseSeconds, planBatches } from "./lib/rollout";
import { planContents } from "./lib/roles";
import { asRunError } from "./components/runError";
import { planTarget } from "./components/target";
import { cacheFolder, stackFolders } from "./lib/stateFolder";

async function declareStack() {
  const stack = pulumi.getStack();
  const folders = stackFolders(stack);
  const { settings, secrets, credentials } = readConfiguration();
  const { site, declare } = await planTarget({ settings, folders, credentials });
  const release = await buildRelease({
    ...settings.app,
    appFolder: settings.app.folder,
    platform: site.hosts[0]!.platform,
    cacheFolder: path.join(cacheFolder(), "wheels"),
    outputFolder: folders.releases,
    onProgress: (line) => void pulumi.log.info(line),
  });
  const contents = await planContents(settings, site, folders.bundles);

  const target = declare();
  const authority = new PrivateAuthority("authority", { commonName: `Portico ${stack}` });
  const generated = new GeneratedSecrets("app-secrets", { names: settings.app.generatedSecrets });
  const history = deploymentHistory(release.id);
  const author = authorOf(history);
  const fleet = new ServerFleet("web", { machines: target.web, contents, release, authority, secrets: { ...secrets, ...generated.values }, author });
  const balancer = target.balance({ contents, authority, author });
  const batches = planBatches(fleet.servers, settings.rollout.batch);
  const { served } = new Rollout("rollout", { batches, balancer, migrates: settings.app.migration !== null, leaseSeconds: leaseSeconds(settings, batches.length) });

  return {
    url: pulumi.all([balancer.url, served]).apply(([url]) => url),
    caCertificate: authority.certificate,
    release: release.id,
    history: pulumi.all([history, served]).apply(([deployments]) => deployments),
    hosts: [
      ...target.web.map(({ name, address }) => ({ name, role: "web", address })),
      ...target.balancers.map(({ name, address }) => ({ name, role: "balancer", address })),
    ],
  };
}

export = () => declareStack().catch(asRunError);
