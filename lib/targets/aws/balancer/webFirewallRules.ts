interface ManagedGroup {
  /** Rule and its metric. */
  name: string;
  /** The group as AWS spells it. */
  group: string;
  /** Rules of the group that only count. */
  counted?: readonly string[];
}

/**
 * Groups that AWS keeps up to date, the cheapest judgement first. Bodies are limited by Nginx, by its own setting: the core
 * group's limit of 8 KiB would refuse every upload.
 */
const managedGroups: readonly ManagedGroup[] = [
  { name: "reputation", group: "AWSManagedRulesAmazonIpReputationList" },
  { name: "bad-inputs", group: "AWSManagedRulesKnownBadInputsRuleSet" },
  { name: "core", group: "AWSManagedRulesCommonRuleSet", counted: ["SizeRestrictions_BODY"] },
];

const rateWindowSeconds = 300;

/** The rules of the web application firewall in their order. Too many requests of one address come first: they cost nothing to check. */
export function webFirewallRules(requestsPerFiveMinutes: number) {
  return [rateRule(requestsPerFiveMinutes), ...managedGroups.map((group, index) => managedRule(group, index + 1))];
}

/** Distinguishes the firewalls of an account; AWS takes no dot there, and has `All` and `Default_Action` for itself. */
export function firewallMetric(project: string, stack: string): string {
  return `${project}-${stack}`.replaceAll(".", "-");
}

/** What CloudWatch shows of the firewall or of one rule. */
export function visibility(metricName: string) {
  return { metricName, cloudwatchMetricsEnabled: true, sampledRequestsEnabled: true };
}

function rateRule(limit: number) {
  return {
    name: "rate",
    priority: 0,
    statement: { rateBasedStatement: { aggregateKeyType: "IP", evaluationWindowSec: rateWindowSeconds, limit } },
    action: { block: { customResponse: { responseCode: 429 } } },
    visibilityConfig: visibility("rate"),
  };
}

function managedRule({ name, group, counted = [] }: ManagedGroup, priority: number) {
  const ruleActionOverrides = counted.map((rule) => ({ name: rule, actionToUse: { count: {} } }));
  return {
    name,
    priority,
    statement: {
      managedRuleGroupStatement: { vendorName: "AWS", name: group, ...(counted.length > 0 && { ruleActionOverrides }) },
    },
    overrideAction: { none: {} },
    visibilityConfig: visibility(name),
  };
}
