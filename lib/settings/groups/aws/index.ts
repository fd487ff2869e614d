import { z } from "zod";
import { machines } from "./machines";
import { network } from "./network";
import { domainName, choice, flag, listOf, publicKey, text, wholeNumber } from "../fields";

const sshRange = /^\d{1,3}(\.\d{1,3}){3}\/\d{1,2}$/;
const emailAddress = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;

const tagsAllowed =
  "a map of tag names, other than Name and those that begin with aws: or portico:, to texts of at most 256 letters, digits, blanks and _ . : / = + - @";
/** Services differ in whether `name` and `Name` are one tag; where they are, AWS refuses the pair. */
const tagName = /^(?!(aws|portico):|name$)[\w .:/=+@-]{1,128}$/i;
const tagValue = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]{0,256}$/u;
const tags = z
  .record(
    z.string().regex(tagName, { error: tagsAllowed }),
    z.string({ error: tagsAllowed }).regex(tagValue, { error: tagsAllowed }),
    { error: tagsAllowed },
  )
  .meta({
    about: "Tags of every resource, besides the ones that name project and stack. A change is made in place.",
    allowed: tagsAllowed,
  });

const jumpAllowed = "null, or a group with address, sshPort, user and hostKey";
const jumpHost = z
  .strictObject(
    {
      address: text(/^[A-Za-z0-9.:-]+$/, "a name or an address", "Where it is."),
      sshPort: wholeNumber("port", 1, 65535, "Its SSH port.").default(22),
      user: text(/^[a-z_][a-z0-9_-]*$/, "a user name", "Login user."),
      hostKey: publicKey("Its pinned host key."),
    },
    { error: jumpAllowed },
  )
  .nullable()
  .meta({
    about: "Host through which SSH goes (mode ssh); its login key is the secret jumpKey.",
    allowed: jumpAllowed,
  });

const access = z
  .strictObject({
    mode: choice(
      ["ssm", "ssh"],
      "How the deployer reaches the machines. ssm: through Session Manager, no inbound port; needs the AWS CLI with its session manager plugin. ssh: port 22 from sshRanges, directly (the machines have private addresses only) or by a jump host. A change replaces Debian machines one after another.",
    ).default("ssm"),
    sshRanges: listOf(
      sshRange,
      "IPv4 ranges, as 203.0.113.0/24",
      "Who may open port 22 (mode ssh): the deployer, or the jump host, as the machines see them.",
    ).default([]),
    jumpHost: jumpHost.default(null),
  })
  .meta({ about: "Access for the deployer" });

const certificate = z
  .strictObject({
    zoneId: text(
      /^Z[A-Z0-9]{1,31}$/,
      "the id of a hosted zone in Route 53, as Z0123456789ABCDEFGHIJ",
      "Zone that holds site.domains: validation and alias records go there.",
    ),
    alternativeNames: listOf(
      domainName,
      "domain names in lower case",
      "Further names in the certificate, without records of their own.",
    ).default([]),
    wildcard: flag("Also *.NAME of the first domain.").default(false),
  })
  .meta({ about: "Certificate and names" });

const webFirewall = z
  .strictObject({
    enabled: flag("Put AWS WAF with AWS's managed core, bad-input and reputation rules before the balancer.").default(
      false,
    ),
    requestsPerFiveMinutes: wholeNumber(
      "requests",
      100,
      2000000,
      "Beyond it one address is blocked for a while.",
    ).default(2000),
  })
  .meta({ about: "Web application firewall" });

const balancer = z
  .strictObject({
    tlsPolicy: choice(
      [
        "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-3-PQ-2025-09",
        "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "ELBSecurityPolicy-TLS13-1-3-2021-06",
      ],
      "TLS versions, ciphers and key exchanges of the public listener.",
    ).default("ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"),
    slowStartSeconds: wholeNumber(
      "seconds",
      0,
      900,
      "How long a new machine's share grows; 0 is at once, otherwise at least 30.",
    ).default(0),
    logs: flag("Access and connection logs in a bucket.").default(true),
    logDays: wholeNumber("days", 1, 3653, "How long the bucket keeps them.").default(90),
    webFirewall: webFirewall.prefault({}),
  })
  .meta({ about: "Balancer" });

const monitoring = z
  .strictObject({
    emails: listOf(emailAddress, "e-mail addresses", "Who gets alarms by mail; each must confirm once.").default([]),
    dashboard: flag("One CloudWatch dashboard of the stack.").default(true),
    hostLogs: flag("Ship logs and host metrics of the machines to CloudWatch.").default(true),
    logDays: choice(
      [
        "1",
        "3",
        "5",
        "7",
        "14",
        "30",
        "60",
        "90",
        "120",
        "150",
        "180",
        "365",
        "400",
        "545",
        "731",
        "1096",
        "1827",
        "3653",
      ],
      "How long CloudWatch keeps logs, in days.",
    ).default("30"),
    errorPercent: wholeNumber(
      "percent",
      1,
      100,
      "Share of 5xx answers over five minutes that raises the alarm.",
    ).default(5),
    latencyMilliseconds: wholeNumber(
      "milliseconds",
      1,
      600000,
      "Answer time of the slowest twentieth over five minutes that raises the alarm.",
    ).default(2000),
    diskPercent: wholeNumber("percent", 50, 99, "Filling of a machine's disk that raises the alarm.").default(85),
    certificateDays: wholeNumber(
      "days",
      1,
      60,
      "Days that a certificate has left when the alarm is raised; less than authority.renewDays where hostLogs is on.",
    ).default(21),
    runbookUrl: text(
      /^https:\/\/\S+$/,
      "an https address",
      "Where docs/aws.md is readable; each alarm links its section there.",
    ).default("https://github.com/OWNER/portico/blob/main/docs/aws.md"),
  })
  .meta({ about: "Alarms and logs" });

export const awsSettings = z
  .strictObject({
    accountId: text(
      /^\d{12}$/,
      "twelve digits in quotes",
      "The only account that this stack may touch; it cannot be changed while the stack is up.",
    ),
    region: text(
      /^[a-z]{2}(-[a-z]+)+-\d$/,
      "a region, as eu-central-1",
      "Region of everything but DNS and IAM; it cannot be changed while the stack is up.",
    ),
    protection: flag(
      "Refuse to delete what cannot be made again: the balancer and its log bucket; destroy is refused until this is false.",
    ).default(false),
    tags: tags.default({}),
    network: network.prefault({}),
    machines,
    access: access.prefault({}),
    certificate: certificate
      .optional()
      .meta({ about: "Certificate and names; must be set unless site.certificate is given" }),
    balancer: balancer.prefault({}),
    monitoring: monitoring.prefault({}),
  })
  .optional()
  .meta({ about: "Amazon Web Services (target aws)" });
