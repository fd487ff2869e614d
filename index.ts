import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { GeneratedSecrets } from "./components/certificates/generatedSecrets";
import { givenCertificate } from "./components/certificates/givenCertificate";
import { PrivateAuthority } from "./components/certificates/privateAuthority";
import { Rollout } from "./components/hosts/rollout";
import { ServerFleet } from "./components/hosts/serverFleet";
import { authorOf, deploymentHistory } from "./components/stack/deploymentHistory";
import { packageLogins } from "./components/stack/packageLogins";
import { readPreviousOutputs } from "./components/stack/previousOutputs";
import { asUserError } from "./components/stack/userErrors";
import { planTarget } from "./components/targets";
import { readConfiguration } from "./config";
import { checkStep } from "./lib/certificates/generations";
import { checkCalendars } from "./lib/hosts/calendars";
import { planContents } from "./lib/hosts/contents";
import { releaseTargets, rolesOf } from "./lib/hosts/plan";
import { buildRelease } from "./lib/release";
import { leaseSeconds, planBatches } from "./lib/rollout/batches";
import { checkLeftOut, readLeftOut, takePart } from "./lib/rollout/leftOut";
import { certificateKind } from "./lib/settings";
import { checkImmutable, immutableOutput } from "./lib/settings/immutable";
import { cacheFolder, stackFolders } from "./lib/stack/stateFolder";

async function declareStack() {
  // Read: what the stack file says, and what the last update left.
  const stack = pulumi.getStack();
  const folders = stackFolders(stack);
  const { settings, secrets, credentials } = readConfiguration();
  const { site: siteSettings, app, rollout } = settings;
  const identity = {
    domains: siteSettings.domains,
    kind: certificateKind(settings),
    certificate: await givenCertificate(settings, credentials),
  };
  const previous = await readPreviousOutputs();
  checkStep(previous.authorityGeneration, settings.authority.generation);
  checkImmutable(previous.place, settings);
  checkCalendars(app);
  const leftOut = checkLeftOut(readLeftOut(), previous.authorityGeneration, settings.authority.generation);

  // Plan: where the hosts will be and what each gets; nothing is declared yet.
  const { site, declare } = await planTarget({ settings, folders, credentials });
  const targets = releaseTargets(site);
  const release = await buildRelease({
    ...app,
    appFolder: app.folder,
    packageLogins: await packageLogins(credentials),
    targets: [...targets.values()],
    cacheFolder: path.join(cacheFolder(), "wheels"),
    outputFolder: folders.releases,
    onProgress: (line) => void pulumi.log.info(line),
  });
  const contents = await planContents(settings, site, folders.bundles, leftOut);

  // Declare: machines, what they get, and the order in which they switch.
  const target = declare();
  const authority = new PrivateAuthority("authority", { commonName: `Portico ${stack}`, settings: settings.authority });
  const generated = new GeneratedSecrets("app-secrets", { names: app.generatedSecrets });
  const history = deploymentHistory(previous.history, release.id);
  const author = authorOf(history);
  const fleet = new ServerFleet("web", {
    machines: takePart(target.web, leftOut),
    contents,
    release,
    targets,
    authority,
    site: identity,
    secrets: { ...secrets, ...generated.values, ...target.secrets },
    author,
  });
  const balancer = target.balance({ contents, servers: fleet.servers, authority, author, site: identity });
  const { served, inService } = new Rollout("rollout", {
    batches: planBatches(fleet.servers, rollout.batch),
    balancer,
    migrates: app.migration !== null,
    visit: { ready: app.readyPath, home: app.homePath },
    leaseSeconds: leaseSeconds(settings, contents, planBatches(target.web, rollout.batch).length),
  });
  target.monitor({ inService });

  // Outputs: those that describe this update are there once all hosts serve it.
  const onceServed = <T>(value: pulumi.Input<T>) => pulumi.all([value, served]).apply(([known]) => known);
  return {
    url: onceServed(balancer.url),
    caCertificate: authority.certificates,
    authorityGeneration: onceServed(settings.authority.generation),
    ...immutableOutput(settings),
    release: release.id,
    history: onceServed(history),
    hosts: [...target.web, ...target.balancers].map(({ name, address }) => ({
      name,
      role: rolesOf(site, name),
      address,
    })),
  };
}

export = () => declareStack().catch(asUserError);
