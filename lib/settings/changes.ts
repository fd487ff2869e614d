import type { Settings } from "./schema";

/**
 * What a change of a setting does to a stack that is up. None of them loses a request.
 *
 * - `nothing`: nothing that serves is touched; it counts from the next release, update or check on
 * - `in place`: a machine, its firewall, or a part of the cloud, is changed as it runs
 * - `reload`: Nginx reads its files again
 * - `new slot`: the application starts beside the serving one, which then finishes its requests
 * - `machines`: some are added, or leave once nothing is sent to them
 * - `replacement`: machines become other ones, one after another
 * - `refused`: an error before anything is touched
 */
export const effects = ["nothing", "in place", "reload", "new slot", "machines", "replacement", "refused"] as const;
export type Effect = (typeof effects)[number];

/** One effect, several, or what they are on each target where that differs. */
export type Change = Effect | readonly Effect[] | Readonly<Record<Settings["target"], Effect | readonly Effect[]>>;

/** All settings as docs/configuration.md names them: `[]` for the items of a list, `NAME` for the names in a map. */
export type SettingKey = KeysOf<Settings>;

type KeysOf<Group, Prefix extends string = ""> = {
  [Key in keyof Group & string]-?: KeysAt<
    NonNullable<Group[Key]>,
    `${Prefix}${Key}`,
    null extends Group[Key] ? true : false
  >;
}[keyof Group & string];

type KeysAt<Value, Key extends string, Nullable extends boolean> = Value extends readonly (infer Item)[]
  ? Key | (Item extends object ? KeysOf<Item, `${Key}[].`> : never)
  : Value extends object
    ? string extends keyof Value
      ? Key | (Value[keyof Value] extends object ? KeysOf<Value[keyof Value], `${Key}.NAME.`> : never)
      : KeysOf<Value, `${Key}.`> | (Nullable extends true ? Key : never)
    : Key;

const reloadAndSlot = ["reload", "new slot"] as const;

/** A setting without an entry does not compile. `tests/support/settingTrials.ts` has another value for each, which proves it. */
export const changes: Readonly<Record<SettingKey, Change>> = {
  target: "refused",
  "site.domains": { local: "reload", hosts: "reload", aws: ["in place", "reload"] },
  "site.redirectOtherDomains": "reload",
  "site.redirects": "reload",
  "site.errorPages": "nothing",
  "site.trustedProxies": "reload",
  "site.certificate": { local: "reload", hosts: "reload", aws: "in place" },
  "site.givenCertificate": { local: "reload", hosts: "reload", aws: "in place" },
  "site.givenCertificate.leafFile": { local: "reload", hosts: "reload", aws: "in place" },
  "site.givenCertificate.chainFile": { local: "reload", hosts: "reload", aws: "in place" },
  "site.acme.directory": "nothing",
  "site.acme.trustFile": "nothing",
  "site.acme.email": "nothing",
  "app.folder": "new slot",
  "app.module": "new slot",
  "app.requirements": "new slot",
  "app.extras": "new slot",
  "app.groups": "new slot",
  "app.packageIndexes": "nothing",
  "app.sourceFolder": "new slot",
  "app.staticFolder": reloadAndSlot,
  "app.staticUrl": reloadAndSlot,
  "app.rootFiles": "reload",
  "app.livePath": "reload",
  "app.readyPath": "reload",
  "app.homePath": "nothing",
  "app.startSeconds": "new slot",
  "app.readySeconds": "nothing",
  "app.probes": "nothing",
  "app.deadlineSeconds": "nothing",
  "app.environment": "new slot",
  "app.secrets": "new slot",
  "app.generatedSecrets": "new slot",
  "app.data": "new slot",
  "app.streamPaths": "reload",
  "app.network": "new slot",
  "app.memoryMegabytes": "new slot",
  "app.temporaryMegabytes": "new slot",
  "app.allowWritableExecutableMemory": "new slot",
  "app.allowSystemStatistics": "new slot",
  "app.migration": "nothing",
  "app.migration.command": "nothing",
  "app.migration.seconds": "nothing",
  "app.processes": "new slot",
  "app.processes.NAME.command": "new slot",
  "app.processes.NAME.hosts": "new slot",
  "app.processes.NAME.instances": "nothing",
  "app.processes.NAME.memoryMegabytes": "new slot",
  "app.processes.NAME.stopSeconds": "new slot",
  "app.processes.NAME.steadySeconds": "nothing",
  "app.processes.NAME.network": "new slot",
  "app.schedules": "nothing",
  "app.schedules.NAME.command": "nothing",
  "app.schedules.NAME.calendar": "nothing",
  "app.schedules.NAME.timeLimitSeconds": "nothing",
  "app.schedules.NAME.memoryMegabytes": "nothing",
  "app.schedules.NAME.network": "nothing",
  "app.keepReleases": "nothing",
  "rollout.batch": "nothing",
  "gunicorn.workerClass": "new slot",
  "gunicorn.preload": "new slot",
  "gunicorn.workers": reloadAndSlot,
  "gunicorn.threads": reloadAndSlot,
  "gunicorn.timeoutSeconds": "new slot",
  "gunicorn.gracefulTimeoutSeconds": "new slot",
  "gunicorn.maxRequests": "new slot",
  "gunicorn.maxRequestsJitter": "new slot",
  "gunicorn.backlog": "new slot",
  "gunicorn.queueMilliseconds": "new slot",
  "nginx.keepaliveTimeoutSeconds": "reload",
  "nginx.proxyReadTimeoutSeconds": "reload",
  "nginx.streamReadTimeoutSeconds": "reload",
  "nginx.clientMaxBodyMegabytes": "reload",
  "nginx.clientBodyTimeoutSeconds": "reload",
  "nginx.sendTimeoutSeconds": "reload",
  "nginx.proxyMaxTempFileMegabytes": "reload",
  "nginx.requestFieldKilobytes": reloadAndSlot,
  "nginx.requestHeaderKilobytes": "reload",
  "nginx.requestFields": "new slot",
  "nginx.responseHeaderKilobytes": "reload",
  "nginx.streamsPerHost": "reload",
  "nginx.compressPages": "reload",
  "nginx.workerConnections": "reload",
  "nginx.workerShutdownTimeoutSeconds": "reload",
  "nginx.logRequestErrors": "reload",
  "nginx.media": "reload",
  "nginx.media[].path": "reload",
  "nginx.media[].folder": "reload",
  "nginx.media[].access": "reload",
  "nginx.media[].cacheSeconds": "reload",
  "nginx.rateLimits.dryRun": "reload",
  "nginx.rateLimits.connectionsPerClient": "reload",
  "nginx.rateLimits.requestsPerClient": "reload",
  "nginx.rateLimits.streamsPerClient": "reload",
  "nginx.rateLimits.general.requestsPerSecond": "reload",
  "nginx.rateLimits.general.burst": "reload",
  "nginx.rateLimits.login.requestsPerMinute": "reload",
  "nginx.rateLimits.login.burst": "reload",
  "nginx.rateLimits.login.paths": "reload",
  "nginx.rateLimits.media.requestsPerSecond": "reload",
  "nginx.rateLimits.media.burst": "reload",
  "nginx.rateLimits.exempt": "reload",
  "nginx.headers.contentSecurityPolicy": "reload",
  "nginx.headers.crossOriginResourcePolicy": "reload",
  "nginx.headers.byPath": "reload",
  "nginx.headers.byPath[].path": "reload",
  "nginx.headers.byPath[].contentSecurityPolicy": "reload",
  "nginx.headers.byPath[].crossOriginResourcePolicy": "reload",
  "nginx.headers.hstsSeconds": "reload",
  "nginx.headers.hstsIncludeSubDomains": "reload",
  "nginx.headers.hstsPreload": "reload",
  "nginx.headers.crossOriginEmbedderPolicy": "reload",
  "balancer.idleTimeoutSeconds": { local: "reload", hosts: "reload", aws: ["in place", "reload"] },
  "balancer.drainSeconds": { local: "nothing", hosts: "nothing", aws: "in place" },
  "ssh.algorithms": "nothing",
  "firewall.rules": "in place",
  "firewall.sshRanges": "in place",
  "firewall.outboundRanges": "in place",
  "updates.automatic": "nothing",
  "updates.rebootWindow": "nothing",
  "authority.generation": "reload",
  "authority.leafDays": "reload",
  "authority.renewDays": "nothing",
  "local.addressRange": "refused",
  "local.platform": "refused",
  "local.webMachines": ["machines", "reload"],
  "local.web.cpus": "in place",
  "local.web.memoryMegabytes": "in place",
  "local.balancer.cpus": "in place",
  "local.balancer.memoryMegabytes": "in place",
  "local.database": ["machines", "new slot"],
  "hosts.machines": ["machines", "reload"],
  "hosts.machines[].name": "reload",
  "hosts.machines[].address": "reload",
  "hosts.machines[].roles": "reload",
  "hosts.machines[].sshAddress": "nothing",
  "hosts.machines[].sshPort": "nothing",
  "hosts.machines[].user": "nothing",
  "hosts.machines[].hostKey": "nothing",
  "hosts.machines[].platform": reloadAndSlot,
  "hosts.machines[].architecture": "new slot",
  "aws.accountId": "refused",
  "aws.region": "refused",
  "aws.protection": "in place",
  "aws.tags": "in place",
  "aws.network.adopted": "refused",
  "aws.network.adopted.vpcId": "refused",
  "aws.network.adopted.balancerSubnetIds": ["in place", "reload"],
  "aws.network.adopted.hostSubnetIds": "replacement",
  "aws.network.addressRange": "refused",
  "aws.network.zones": ["in place", "reload", "replacement"],
  "aws.network.nat": "in place",
  "aws.network.flowLogs": "in place",
  "aws.machines.count": ["machines", "in place", "reload"],
  "aws.machines.instanceType": "replacement",
  "aws.machines.imageId": "replacement",
  "aws.machines.platform": "replacement",
  "aws.machines.architecture": "replacement",
  "aws.machines.volumeGibibytes": "in place",
  "aws.machines.detailedMonitoring": "in place",
  "aws.machines.overrides": "replacement",
  "aws.machines.overrides.NAME.imageId": "replacement",
  "aws.machines.overrides.NAME.instanceType": "replacement",
  "aws.access.mode": ["in place", "replacement"],
  "aws.access.sshRanges": "in place",
  "aws.access.jumpHost": "nothing",
  "aws.access.jumpHost.address": "nothing",
  "aws.access.jumpHost.sshPort": "nothing",
  "aws.access.jumpHost.user": "nothing",
  "aws.access.jumpHost.hostKey": "nothing",
  "aws.certificate.zoneId": "in place",
  "aws.certificate.alternativeNames": "in place",
  "aws.certificate.wildcard": "in place",
  "aws.balancer.tlsPolicy": "in place",
  "aws.balancer.slowStartSeconds": "in place",
  "aws.balancer.logs": "in place",
  "aws.balancer.logDays": "in place",
  "aws.balancer.webFirewall.enabled": "in place",
  "aws.balancer.webFirewall.requestsPerFiveMinutes": "in place",
  "aws.monitoring.emails": "in place",
  "aws.monitoring.dashboard": "in place",
  "aws.monitoring.hostLogs": "in place",
  "aws.monitoring.logDays": "in place",
  "aws.monitoring.errorPercent": "in place",
  "aws.monitoring.latencyMilliseconds": "in place",
  "aws.monitoring.diskPercent": "in place",
  "aws.monitoring.certificateDays": "in place",
  "aws.monitoring.runbookUrl": "in place",
};

/** What a change does on one target, in the order of `effects`. */
export function effectsOn(target: Settings["target"], key: SettingKey): Effect[] {
  const change = changes[key];
  const here = typeof change === "string" || isList(change) ? change : change[target];
  const found: readonly Effect[] = typeof here === "string" ? [here] : here;
  return effects.filter((effect) => found.includes(effect));
}

/** The same in words for all targets. */
export function describeChange(key: SettingKey): string {
  const words = (target: Settings["target"]) => effectsOn(target, key).join(", ");
  const [local, hosts, aws] = [words("local"), words("hosts"), words("aws")];
  if (local === hosts && hosts === aws) return local;
  return hosts === local ? `${local}; on aws ${aws}` : `local ${local}; hosts ${hosts}; aws ${aws}`;
}

function isList(change: Change): change is readonly Effect[] {
  return Array.isArray(change);
}
