import { limitValues, shareOf } from "../../lib/hostFiles/nginx/clientLimits";
import { baselineSettings } from "../support/baseline";

function limits(overrides: Record<string, unknown>) {
  return baselineSettings({ nginx: { rateLimits: overrides } }).nginx.rateLimits;
}

const logins = (requestsPerMinute: number) => limits({ login: { requestsPerMinute, paths: ["/login"] } });

describe("Retry-After of a login", () => {
  it.each([
    [7, 9],
    [8, 8],
    [9, 7],
    [11, 6],
    [25, 3],
    [41, 2],
    [60, 1],
    [600, 1],
  ])("%d logins in a minute are one in %d whole seconds: who comes then is let in", (requestsPerMinute, seconds) => {
    const { loginRetrySeconds } = limitValues(logins(requestsPerMinute));
    expect(loginRetrySeconds).toBe(seconds);
    expect(Number(loginRetrySeconds) * requestsPerMinute).toBeGreaterThanOrEqual(60);
  });
});

describe("the share of a host behind a balancer of a cloud", () => {
  const whole = limits({
    connectionsPerClient: 100,
    requestsPerClient: 40,
    streamsPerClient: 5,
    general: { requestsPerSecond: 50, burst: 100 },
    login: { requestsPerMinute: 10, burst: 5, paths: ["/login"] },
  });

  it("is rounded up where it does not divide, so that all hosts grant together what the settings say", () => {
    expect(shareOf(whole, 3)).toMatchObject({
      connectionsPerClient: 34,
      requestsPerClient: 14,
      streamsPerClient: 2,
      general: { burst: 34 },
      login: { burst: 2 },
    });
    expect(shareOf(whole, 7)).toMatchObject({
      connectionsPerClient: 15,
      requestsPerClient: 6,
      streamsPerClient: 1,
      general: { burst: 15 },
      login: { burst: 1 },
    });
  });

  it("is never nothing, and the whole of one host", () => {
    expect(shareOf(whole, 1000)).toMatchObject({
      connectionsPerClient: 1,
      requestsPerClient: 1,
      streamsPerClient: 1,
      general: { burst: 1 },
    });
    expect(shareOf(whole, 1)).toMatchObject(whole);
  });

  it("of a rate is whole for Nginx: by the second where it divides, by the minute and rounded up where it does not", () => {
    const rates = (hosts: number) => {
      const { generalRate, loginRate } = limitValues(shareOf(whole, hosts));
      return [generalRate, loginRate];
    };
    expect(rates(1)).toEqual(["50r/s", "10r/m"]);
    expect(rates(2)).toEqual(["25r/s", "5r/m"]);
    expect(rates(3)).toEqual(["1000r/m", "4r/m"]);
    expect(rates(7)).toEqual(["429r/m", "2r/m"]);
  });
});

describe("routes of logins", () => {
  it("are limited with and without a slash at their end", () => {
    const { loginAttempts } = limitValues(limits({ login: { paths: ["/login", "/account/enter/"] } }));
    expect(loginAttempts).toBe(
      ["/login", "/login/", "/account/enter", "/account/enter/"]
        .map((path) => `"POST:${path}" $limit_client;`)
        .join("\n"),
    );
  });
});
