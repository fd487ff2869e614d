import type { SettingKey } from "../../lib/settings/schema";
import { usualAws, type AwsAnswers } from "./awsMocks";
import type { TrialPlace } from "./trialPlace";

/** Another valid value for a setting, and what has to be so for it to be valid. */
export interface Trial {
  to: unknown;
  /** Settings by their keys that the stack has before, where the usual ones do not do. */
  before?: Record<string, unknown>;
  /** Further settings that no change of this one makes sense without. */
  with?: Record<string, unknown>;
  /** Secrets of the stack file that come with it. */
  secrets?: Record<string, string>;
  secretsBefore?: Record<string, string>;
  /** Where a stack on AWS needs other values: names in its zone, or what AWS has to know of them. */
  onAws?: { to?: unknown; answers?: Partial<AwsAnswers> };
}

const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEu1hN7Qb3nZ1mJ1f5Jz2p0cEo4m3tq1h1b2c3d4e5f7";
const jumpHost = { address: "203.0.113.7", user: "jump", hostKey };
const bySsh = { "aws.access": { mode: "ssh", sshRanges: ["203.0.113.0/24"] } };
const byJump = { "aws.access": { ...bySsh["aws.access"], jumpHost } };
const jumpKey = { jumpKey: "-----BEGIN OPENSSH PRIVATE KEY----- of the jump host" };
const adopted = {
  vpcId: "vpc-0123456789abcdef0",
  balancerSubnetIds: ["subnet-0123456789abcde0a", "subnet-0123456789abcde0b"],
  hostSubnetIds: ["subnet-0123456789abcde0c", "subnet-0123456789abcde0d"],
};
const inAdopted = { "aws.network.adopted": adopted };
/** All that is asked for is of the other architecture. */
const ofArm: Partial<AwsAnswers> = {
  getAmi: (inputs) => ({ ...usualAws.getAmi(inputs), architecture: "arm64" }),
  getInstanceType: ({ instanceType }) => ({ instanceType, supportedArchitectures: ["arm64"] }),
};
const byPath = { "nginx.headers.byPath": [{ path: "/embed", crossOriginResourcePolicy: "cross-origin" }] };
/** How many streams a host takes follows from its threads. */
const streams = { "app.streamPaths": ["/events"], "nginx.streamsPerHost": "auto", "gunicorn.workerClass": "gthread" };
const media = [{ path: "/media/", folder: "uploads" }];
const hasMedia = { "app.data": ["uploads", "reports"], "nginx.media": media };
const otherSubnet = "subnet-0123456789abcde0f";

/** One for every setting: one without does not compile. A new setting gets a line here and one in lib/settings/changes.ts. */
export function settingTrials(place: TrialPlace): Record<SettingKey, Trial> {
  const given = (leaf: string) => ({ leafFile: place.file(`${leaf}.crt`), chainFile: null });
  const keyOf = (leaf: string) => ({ certificateKey: place.read(`${leaf}.key`) });
  const isGiven = (leaf: string) => ({
    before: { "site.certificate": "given", "site.givenCertificate": given(leaf) },
    secretsBefore: keyOf(leaf),
  });
  const migration = { command: ["true"], seconds: 60 };
  const worker = { command: ["sleep", "infinity"], memoryMegabytes: 64, steadySeconds: 1 };
  const nightly = { command: ["true"], calendar: "daily", memoryMegabytes: 64 };
  const hasNightly = { before: { "app.schedules": { nightly } } };
  const hasWorker = (more = {}) => ({ before: { "app.processes": { worker: { ...worker, ...more } } } });
  return {
    target: {
      to: "hosts",
      with: {
        "hosts.machines": [{ name: "one", address: "10.0.0.1", roles: ["web", "balancer"], user: "admin", hostKey }],
      },
      secrets: { loginKey: "-----BEGIN OPENSSH PRIVATE KEY-----" },
    },
    "site.domains": {
      to: ["shop.internal", "portico.internal"],
      onAws: { to: ["shop.example.com", "staging.example.com"] },
    },
    "site.redirectOtherDomains": { to: true },
    "site.redirects": { to: { "/former": "/whoami", "/elsewhere": "https://example.org/?from=here" } },
    "site.errorPages": { to: place.pages },
    "site.trustedProxies": { to: ["192.0.2.0/24"] },
    "site.certificate": {
      to: "given",
      with: { "site.givenCertificate": given("first") },
      secrets: keyOf("first"),
    },
    "site.givenCertificate": { to: given("second"), ...isGiven("first"), secrets: keyOf("second") },
    "site.givenCertificate.leafFile": { to: place.file("second.crt"), ...isGiven("first"), secrets: keyOf("second") },
    "site.givenCertificate.chainFile": {
      to: place.file("between.crt"),
      ...isGiven("second"),
      with: { "site.givenCertificate.leafFile": place.file("third.crt") },
      secrets: keyOf("third"),
    },
    "site.acme.directory": { to: "https://ca.example.internal/acme/directory" },
    "site.acme.trustFile": { to: place.file("root.crt") },
    "site.acme.email": { to: "operator@example.com" },
    "app.folder": { to: place.otherApp },
    "app.module": { to: "other_trial:app" },
    "app.requirements": { to: "other.lock" },
    "app.extras": { to: ["trial"], before: { "app.requirements": "pylock.toml" } },
    "app.groups": { to: ["trial"], before: { "app.requirements": "pylock.toml" } },
    "app.packageIndexes": { to: ["https://packages.example.com/simple/"] },
    "app.sourceFolder": { to: "." },
    "app.staticFolder": { to: null },
    "app.staticUrl": { to: "/assets/", before: { "app.staticFolder": "assets" } },
    "app.rootFiles": { to: ["favicon.ico"] },
    "app.livePath": { to: "/alive" },
    "app.readyPath": { to: "/up" },
    "app.homePath": { to: "/whoami" },
    "app.startSeconds": { to: 41 },
    "app.readySeconds": { to: 16 },
    "app.probes": { to: 4 },
    "app.deadlineSeconds": { to: 24 },
    "app.environment": { to: { TRIAL: "yes" } },
    "app.secrets": { to: ["paymentKey"], secrets: { paymentKey: "planted-payment-key" } },
    "app.generatedSecrets": { to: ["appSecretKey", "anotherKey"] },
    "app.data": { to: ["uploads"] },
    "app.streamPaths": { to: ["/events", "/slow"] },
    "app.network": { to: "none" },
    "app.memoryMegabytes": { to: 500 },
    "app.temporaryMegabytes": { to: 100 },
    "app.allowWritableExecutableMemory": { to: true },
    "app.allowSystemStatistics": { to: true },
    "app.processes": { to: { worker } },
    "app.processes.NAME.command": { to: ["sleep", "2147483647"], ...hasWorker() },
    "app.processes.NAME.hosts": { to: "first", ...hasWorker() },
    "app.processes.NAME.instances": { to: 2, ...hasWorker() },
    "app.processes.NAME.memoryMegabytes": { to: 65, ...hasWorker() },
    "app.processes.NAME.stopSeconds": { to: 61, ...hasWorker() },
    "app.processes.NAME.steadySeconds": { to: 2, ...hasWorker() },
    "app.processes.NAME.network": { to: "none", ...hasWorker() },
    "app.schedules": { to: { nightly } },
    "app.schedules.NAME.command": { to: ["sleep", "0.1"], ...hasNightly },
    "app.schedules.NAME.calendar": { to: "weekly", ...hasNightly },
    "app.schedules.NAME.timeLimitSeconds": { to: 61, ...hasNightly },
    "app.schedules.NAME.memoryMegabytes": { to: 65, ...hasNightly },
    "app.schedules.NAME.network": { to: "none", ...hasNightly },
    "app.migration": { to: migration },
    "app.migration.command": { to: ["echo", "migrated"], before: { "app.migration": migration } },
    "app.migration.seconds": { to: 61, before: { "app.migration": migration } },
    "app.keepReleases": { to: 4 },
    "rollout.batch": { to: 2 },
    "gunicorn.workerClass": { to: "sync", before: { "app.streamPaths": [] } },
    "gunicorn.preload": { to: false },
    "gunicorn.workers": { to: 6, before: streams },
    "gunicorn.threads": { to: 5, before: streams },
    "gunicorn.timeoutSeconds": { to: 31 },
    "gunicorn.gracefulTimeoutSeconds": { to: 31 },
    "gunicorn.maxRequests": { to: 900 },
    "gunicorn.maxRequestsJitter": { to: 100 },
    "gunicorn.backlog": { to: 1024 },
    "gunicorn.queueMilliseconds": { to: 1500 },
    "nginx.keepaliveTimeoutSeconds": { to: 80 },
    "nginx.proxyReadTimeoutSeconds": { to: 36 },
    "nginx.streamReadTimeoutSeconds": { to: 1800 },
    "nginx.clientMaxBodyMegabytes": { to: 12 },
    "nginx.clientBodyTimeoutSeconds": { to: 50 },
    "nginx.sendTimeoutSeconds": { to: 50 },
    "nginx.proxyMaxTempFileMegabytes": { to: 512 },
    "nginx.requestFieldKilobytes": { to: 16 },
    "nginx.requestHeaderKilobytes": { to: 64 },
    "nginx.requestFields": { to: 120 },
    "nginx.responseHeaderKilobytes": { to: 48 },
    "nginx.streamsPerHost": { to: 5 },
    "nginx.compressPages": { to: true },
    "nginx.workerConnections": { to: 8192 },
    "nginx.workerShutdownTimeoutSeconds": { to: 70 },
    "nginx.logRequestErrors": { to: true },
    "nginx.media": { to: media, before: { "app.data": ["uploads", "reports"] } },
    "nginx.media[].path": { to: "/files/", before: hasMedia },
    "nginx.media[].folder": { to: "reports", before: hasMedia },
    "nginx.media[].access": { to: "protected", before: hasMedia },
    "nginx.media[].cacheSeconds": { to: 60, before: hasMedia },
    "nginx.rateLimits.dryRun": { to: true },
    "nginx.rateLimits.connectionsPerClient": { to: 90 },
    "nginx.rateLimits.requestsPerClient": { to: 39 },
    "nginx.rateLimits.streamsPerClient": { to: 9 },
    "nginx.rateLimits.general.requestsPerSecond": { to: 1 },
    "nginx.rateLimits.general.burst": { to: 0 },
    "nginx.rateLimits.login.requestsPerMinute": { to: 20 },
    "nginx.rateLimits.login.burst": { to: 6 },
    "nginx.rateLimits.login.paths": { to: ["/login", "/account"] },
    "nginx.rateLimits.media.requestsPerSecond": { to: 90, before: hasMedia },
    "nginx.rateLimits.media.burst": { to: 0, before: hasMedia },
    "nginx.rateLimits.exempt": { to: ["10.31.65.2/32", "10.31.65.9/32"] },
    "nginx.headers.contentSecurityPolicy": { to: "default-src 'self'" },
    "nginx.headers.crossOriginResourcePolicy": { to: "same-site" },
    "nginx.headers.byPath": { to: [{ path: "/embed", crossOriginResourcePolicy: "cross-origin" }] },
    "nginx.headers.byPath[].path": { to: "/other", before: byPath },
    "nginx.headers.byPath[].contentSecurityPolicy": { to: "default-src 'none'", before: byPath },
    "nginx.headers.byPath[].crossOriginResourcePolicy": { to: "same-site", before: byPath },
    "nginx.headers.hstsSeconds": { to: 3600 },
    "nginx.headers.hstsIncludeSubDomains": { to: true },
    "nginx.headers.hstsPreload": { to: true },
    "nginx.headers.crossOriginEmbedderPolicy": { to: false },
    "balancer.idleTimeoutSeconds": { to: 61 },
    "balancer.drainSeconds": { to: 46 },
    "ssh.algorithms": { to: "system" },
    "firewall.rules": { to: "none" },
    "firewall.sshRanges": { to: ["10.31.0.0/16"] },
    "firewall.outboundRanges": { to: ["10.0.0.0/8", "fd00::/8"] },
    "updates.automatic": { to: "none" },
    "updates.rebootWindow": { to: "Sat,Sun 02:00-04:00 Europe/Berlin" },
    "authority.generation": { to: 2 },
    "authority.leafDays": { to: 300 },
    "authority.renewDays": { to: 40 },
    "local.addressRange": { to: "10.31.90.0/24" },
    "local.platform": { to: "debian-12" },
    "local.webMachines": { to: 3 },
    "local.web.cpus": { to: 1 },
    "local.web.memoryMegabytes": { to: 1600 },
    "local.balancer.cpus": { to: 1 },
    "local.balancer.memoryMegabytes": { to: 600 },
    "local.database": { to: "postgresql" },
    "hosts.machines": { to: [north, south, { ...north, name: "west", address: "10.0.0.13" }] },
    "hosts.machines[].name": { to: "northern" },
    "hosts.machines[].address": { to: "10.0.0.21" },
    "hosts.machines[].roles": {
      to: ["web"],
      with: { "hosts.machines[1].roles": ["web", "balancer"] },
      before: {
        "hosts.machines": [
          { ...north, roles: ["web", "balancer"] },
          { ...south, roles: ["web"] },
        ],
      },
    },
    "hosts.machines[].sshAddress": { to: "192.0.2.9" },
    "hosts.machines[].sshPort": { to: 2222 },
    "hosts.machines[].user": { to: "debian" },
    "hosts.machines[].hostKey": { to: hostKey },
    "hosts.machines[].platform": { to: "debian-12" },
    "hosts.machines[].architecture": { to: "arm64" },
    "aws.accountId": { to: "210987654321" },
    "aws.region": { to: "eu-west-1", with: { "aws.network.zones": ["eu-west-1a", "eu-west-1b"] } },
    "aws.protection": { to: true },
    "aws.tags": { to: { team: "web" } },
    "aws.network.adopted": { to: adopted },
    "aws.network.adopted.vpcId": { to: "vpc-0aaaaaaaaaaaaaaaa", before: inAdopted },
    "aws.network.adopted.balancerSubnetIds": { to: ["subnet-0123456789abcde0a", otherSubnet], before: inAdopted },
    "aws.network.adopted.hostSubnetIds": { to: ["subnet-0123456789abcde0c", otherSubnet], before: inAdopted },
    "aws.network.addressRange": { to: "10.50.0.0/16" },
    "aws.network.zones": { to: ["eu-central-1a", "eu-central-1c"] },
    "aws.network.nat": { to: "perZone" },
    "aws.network.flowLogs": { to: true },
    "aws.machines.count": { to: 3 },
    "aws.machines.instanceType": { to: "t3.medium" },
    "aws.machines.imageId": { to: "ami-0aaaaaaaaaaaaaaaa" },
    "aws.machines.platform": { to: "debian-12", with: { "aws.machines.imageId": "ami-0aaaaaaaaaaaaaaaa" } },
    "aws.machines.architecture": {
      to: "arm64",
      with: { "aws.machines.imageId": "ami-0aaaaaaaaaaaaaaaa", "aws.machines.instanceType": "t4g.small" },
      onAws: { answers: ofArm },
    },
    "aws.machines.volumeGibibytes": { to: 30 },
    "aws.machines.detailedMonitoring": { to: true },
    "aws.machines.overrides": { to: { "web-1": { instanceType: "t3.medium" } } },
    "aws.machines.overrides.NAME.imageId": {
      to: "ami-0aaaaaaaaaaaaaaaa",
      before: { "aws.machines.overrides": { "web-1": {} } },
    },
    "aws.machines.overrides.NAME.instanceType": {
      to: "t3.medium",
      before: { "aws.machines.overrides": { "web-1": {} } },
    },
    "aws.access.mode": { to: "ssh", with: { "aws.access.sshRanges": ["203.0.113.0/24"] } },
    "aws.access.sshRanges": { to: ["198.51.100.0/24"], before: bySsh },
    "aws.access.jumpHost": { to: jumpHost, before: bySsh, secrets: jumpKey },
    "aws.access.jumpHost.address": { to: "203.0.113.8", before: byJump, secretsBefore: jumpKey },
    "aws.access.jumpHost.sshPort": { to: 2222, before: byJump, secretsBefore: jumpKey },
    "aws.access.jumpHost.user": { to: "leap", before: byJump, secretsBefore: jumpKey },
    "aws.access.jumpHost.hostKey": { to: `${hostKey}a`, before: byJump, secretsBefore: jumpKey },
    "aws.certificate.zoneId": { to: "Z9999999999ABCDEFGHIJ" },
    "aws.certificate.alternativeNames": { to: ["shop.example.com"] },
    "aws.certificate.wildcard": { to: true },
    "aws.balancer.tlsPolicy": { to: "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09" },
    "aws.balancer.slowStartSeconds": { to: 30 },
    "aws.balancer.logs": { to: false },
    "aws.balancer.logDays": { to: 8 },
    "aws.balancer.webFirewall.enabled": { to: true },
    "aws.balancer.webFirewall.requestsPerFiveMinutes": {
      to: 500,
      before: { "aws.balancer.webFirewall.enabled": true },
    },
    "aws.monitoring.emails": { to: ["other@example.com"] },
    "aws.monitoring.dashboard": { to: false },
    "aws.monitoring.hostLogs": { to: false },
    "aws.monitoring.logDays": { to: "14" },
    "aws.monitoring.errorPercent": { to: 6 },
    "aws.monitoring.latencyMilliseconds": { to: 1500 },
    "aws.monitoring.diskPercent": { to: 80 },
    "aws.monitoring.certificateDays": { to: 20 },
    "aws.monitoring.runbookUrl": { to: "https://example.com/runbook" },
  };
}

export const north = {
  name: "north",
  address: "10.0.0.11",
  roles: ["web"],
  user: "admin",
  hostKey: hostKey.slice(0, -1),
  platform: "debian-13",
};
export const south = {
  name: "south",
  address: "10.0.0.12",
  roles: ["web", "balancer"],
  user: "admin",
  hostKey: hostKey.slice(0, -1),
  platform: "debian-13",
};
