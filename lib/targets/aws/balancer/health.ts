import { healthPath } from "../../../hosts/wellKnown";

/**
 * How the balancer of target `aws` checks its hosts, in seconds and answers in a row. The path is that of Nginx's default
 * server, which leads to the application's own.
 */
export const healthCheck = {
  path: healthPath,
  interval: 5,
  timeout: 4,
  healthyThreshold: 2,
  unhealthyThreshold: 3,
} as const;

/** How long a host must have been found healthy without a break: shorter, and a verdict may be older than the switch that it is about. */
export const steadySeconds = healthCheck.interval * healthCheck.unhealthyThreshold;

/** How long a host may take from its registration until it has been healthy for `steadySeconds`. */
export const inServiceSeconds = 120;

/** What a host that leaves may take beyond its drain time until the balancer has forgotten it. */
export const leavingSeconds = 60;
