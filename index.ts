import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { authorOf, deploymentHistory } from "./components/deploymentHistory";
import { readFormerOutputs } from "./components/formerOutputs";
import { GeneratedSecrets } from "./components/generatedSecrets";
import { givenCertificate } from "./components/givenCertificate";
import { PrivateAuthority } from "./components/privateAuthority";
import { Rollout } from "./components/rollout";
import { ServerFleet } from "./components/serverFleet";
import { readConfiguration } from "./config";
import { checkPlace, placeOutput } from "./lib/aws/place";
import { checkStep } from "./lib/generations";
import { buildRelease } from "./lib/release";
import { leaseSeconds, planBatches } from "./lib/rollout";
import { planContents, rolesOf } from "./lib/roles";
import { asRunError } from "./components/runError";
import { planTarget } from "./components/target";
import { cacheFolder, stackFolders } from "./lib/stateFolder";

async function declareStack() {
  const stack = pulumi.getStack();
  const folders = stackFolders(stack);
  const { settings, secrets, credentials } = readConfiguration();
  const certificate = await givenCertificate(settings, credentials);
  const former = await readFormerOutputs();
  checkStep(former.authorityGeneration, settings.authority.generation);
  checkPlace(former.place, settings);
  const { site, declare } = await planTarget({ settings, folders, credentials });
  const release = await buildRelease({
    ...settings.app,
    appFolder: settings.app.folder,
    targets: site.hosts.flatMap(({ roles, platform, architecture }) => (roles.includes("web") ? [{ ...platform, architecture }] : [])),
    cacheFolder: path.join(cacheFolder(), "wheels"),
    outputFolder: folders.releases,
    onProgress: (line) => void pulumi.log.info(line),
  });
  const contents = await planContents(settings, site, folders.bundles);

  const target = declare();
  const authority = new PrivateAuthority("authority", { commonName: `Portico ${stack}`, settings: settings.authority });
  const generated = new GeneratedSecrets("app-secrets", { names: settings.app.generatedSecrets });
  const history = deploymentHistory(former.history, release.id);
  const author = authorOf(history);
  const fleet = new ServerFleet("web", { machines: target.web, contents, release, authority, site: { domains: settings.site.domains, certificate }, secrets: { ...secrets, ...generated.values }, author });
  const balancer = target.balance({ contents, servers: fleet.servers, authority, author, certificate });
  const batches = planBatches(fleet.servers, settings.rollout.batch);
  const { served, inService } = new Rollout("rollout", { batches, balancer, migrates: settings.app.migration !== null, leaseSeconds: leaseSeconds(settings, batches.length) });
  target.watch({ inService });
  return {
    url: pulumi.all([balancer.url, served]).apply(([url]) => url),
    caCertificate: authority.certificates,
    authorityGeneration: pulumi.all([settings.authority.generation, served]).apply(([generation]) => generation),
    ...placeOutput(settings),
    release: release.id,
    history: pulumi.all([history, served]).apply(([deployments]) => deployments),
    hosts: [...target.web, ...target.balancers].map(({ name, address }) => ({ name, role: rolesOf(site, name), address })),
  };
}

export = () => declareStack().catch(asRunError);
