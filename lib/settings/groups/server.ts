import { z } from "zod";
import { choice, flag, listOf, listOfNetworks, text, urlPath, wholeNumber, wholeNumberOr } from "./fields";
import { mediaRate, mediaSettings } from "./nginx/media";

export const gunicornSettings = z
  .strictObject({
    workerClass: choice(
      ["gthread", "sync", "asgi"],
      "gthread suits most WSGI applications, sync short CPU-bound requests, asgi asynchronous ones.",
    ).default("gthread"),
    preload: flag(
      "Import the application once and share it among the workers. false: each worker imports by itself, for applications that open connections or start threads at import; a start then waits for all of them.",
    ).default(true),
    workers: wholeNumberOr(1, 512, (error) => z.literal("auto", { error }), {
      about: "auto is two for each CPU of the host plus one, counted on the host.",
      allowed: "auto, or a whole number of processes from 1 to 512",
    }).default("auto"),
    threads: wholeNumber("threads", 1, 128, "Threads of one gthread worker.").default(4),
    timeoutSeconds: wholeNumber(
      "seconds",
      1,
      3600,
      "A worker silent for so long is replaced. For sync workers also the longest request.",
    ).default(30),
    gracefulTimeoutSeconds: wholeNumber(
      "seconds",
      1,
      3600,
      "How long requests in flight may finish when a slot stops.",
    ).default(30),
    maxRequests: wholeNumber(
      "requests",
      0,
      1000000,
      "A worker is recycled after so many, against slow leaks; 0 is never.",
    ).default(1000),
    maxRequestsJitter: wholeNumber(
      "requests",
      0,
      1000000,
      "Random extra, so that workers do not recycle together.",
    ).default(200),
    backlog: wholeNumber(
      "connections",
      64,
      4096,
      "Connections that may wait for a worker; beyond it Nginx answers 503.",
    ).default(2048),
    queueMilliseconds: wholeNumber(
      "milliseconds",
      50,
      10000,
      "How long a request may wait for a worker: one that waited longer gets 503 and Retry-After as soon as a worker is free, and costs it no time. Lower refuses sooner, higher lets more wait in a rush.",
    ).default(1000),
  })
  .meta({ about: "Gunicorn. Any change starts a new slot beside the serving one" });

const rateLimits = z
  .strictObject({
    dryRun: flag("Only log what would have been refused.").default(false),
    connectionsPerClient: wholeNumber(
      "requests",
      1,
      65535,
      "Requests of one client under way at once, slow uploads and downloads included, static files as well; the next gets 429.",
    ).default(100),
    requestsPerClient: wholeNumber(
      "requests",
      1,
      65535,
      "Those of them that go to the application. Below the number of requests that the fleet handles at once (workers by threads by hosts), or one client can occupy it.",
    ).default(40),
    streamsPerClient: wholeNumber("streams", 1, 65535, "Open streams (app.streamPaths) of one client.").default(10),
    general: z
      .strictObject({
        requestsPerSecond: wholeNumber(
          "requests",
          1,
          100000,
          "Steady rate of one client; beyond rate and burst it gets 429.",
        ).default(50),
        burst: wholeNumber("requests", 0, 100000, "Requests that a client may be ahead of the rate.").default(100),
      })
      .prefault({}),
    login: z
      .strictObject({
        requestsPerMinute: wholeNumber("requests", 1, 100000, "Steady rate of one client on the login paths.").default(
          10,
        ),
        burst: wholeNumber("requests", 0, 100000, "Requests that a client may be ahead of the rate.").default(5),
        paths: listOf(urlPath, "absolute paths", "Paths with the stricter limit.").default([]),
      })
      .prefault({}),
    media: mediaRate.prefault({}),
    exempt: listOfNetworks("Clients that are never limited.").default([]),
  })
  .meta({
    about:
      "Limits of one client: an IPv4 address, or a /64 of IPv6. They hold for the whole fleet; behind the balancer of AWS each host has its share of them",
  });

const policyAllowed = "a policy on one line without quotes of the double kind, backslashes or dollar signs";
const policyPattern = /^[^"\\\n\r$]+$/;
const resourcePolicies = ["same-origin", "same-site", "cross-origin"] as const;

const headersOfPath = z.strictObject({
  path: text(urlPath, "an absolute path", "A path with all below it; of several that fit, the longest counts."),
  contentSecurityPolicy: text(
    policyPattern,
    policyAllowed,
    "Instead of nginx.headers.contentSecurityPolicy.",
  ).optional(),
  crossOriginResourcePolicy: choice(resourcePolicies, "Instead of nginx.headers.crossOriginResourcePolicy.").optional(),
});
const headersOfPaths = "a list of groups with path, and contentSecurityPolicy, crossOriginResourcePolicy or both";

const headers = z
  .strictObject({
    contentSecurityPolicy: text(
      policyPattern,
      policyAllowed,
      "Sent with each answer to which the application gave none of its own.",
    ).default(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    crossOriginResourcePolicy: choice(
      resourcePolicies,
      "Whose pages may embed what the site answers: same-site also those of sister domains, cross-origin everybody's.",
    ).default("same-origin"),
    byPath: z
      .array(headersOfPath, { error: headersOfPaths })
      .meta({ about: "Other policies for parts of the site.", allowed: headersOfPaths })
      .default([]),
    hstsSeconds: wholeNumber("seconds", 0, 126144000, "How long browsers insist on HTTPS; 0 sends no header.").default(
      63072000,
    ),
    hstsIncludeSubDomains: flag("Extend HSTS to all subdomains. Others may own them.").default(false),
    hstsPreload: flag("Request a place on the browsers' built-in list: a one-way door.").default(false),
    crossOriginEmbedderPolicy: flag(
      "Send require-corp; breaks third-party images and scripts that do not agree.",
    ).default(true),
  })
  .meta({ about: "Security headers" });

export const nginxSettings = z
  .strictObject({
    keepaliveTimeoutSeconds: wholeNumber(
      "seconds",
      1,
      3600,
      "Idle time of a connection to Nginx; it must outlast the balancer's.",
    ).default(75),
    proxyReadTimeoutSeconds: wholeNumber(
      "seconds",
      1,
      3600,
      "Longest silence of the application on a normal route.",
    ).default(35),
    streamReadTimeoutSeconds: wholeNumber("seconds", 10, 86400, "Longest silence on a streaming route.").default(3600),
    clientMaxBodyMegabytes: wholeNumber("MiB", 1, 10240, "Largest request body; beyond it 413.").default(10),
    clientBodyTimeoutSeconds: wholeNumber(
      "seconds",
      1,
      3600,
      "Longest pause inside a request body; beyond it the connection is closed.",
    ).default(60),
    sendTimeoutSeconds: wholeNumber(
      "seconds",
      1,
      3600,
      "Longest pause of a client that reads an answer; beyond it the connection is closed.",
    ).default(60),
    requestFieldKilobytes: wholeNumber(
      "KiB",
      2,
      64,
      "Longest request line, beyond it 414, and longest header field, beyond it 431. A change starts a new slot as well.",
    ).default(8),
    requestHeaderKilobytes: wholeNumber(
      "KiB",
      4,
      512,
      "Room for all header fields of a request, in pieces as long as the longest; beyond it 431.",
    ).default(32),
    requestFields: wholeNumber(
      "fields",
      20,
      1000,
      "Header fields of a request; beyond it 431 by Gunicorn. A change starts a new slot as well.",
    ).default(100),
    responseHeaderKilobytes: wholeNumber(
      "KiB",
      4,
      128,
      "All header fields of an answer of the application together; beyond it 502.",
    ).default(32),
    proxyMaxTempFileMegabytes: wholeNumber(
      "MiB",
      0,
      102400,
      "How much of an answer a host keeps on disk for a client that reads slowly; beyond it the application waits for the client.",
    ).default(1024),
    compressPages: flag(
      "Compress what the application answers, on its way. Only for a site whose pages show no secret (a CSRF token, a key) beside what a request brought: its length would tell the secret (BREACH). Static files are compressed in any case.",
    ).default(false),
    workerConnections: wholeNumber("connections", 64, 65535, "Connections of one Nginx worker.").default(4096),
    streamsPerHost: wholeNumberOr(1, 65535, (error) => z.literal("auto", { error }), {
      about:
        "Open streams (app.streamPaths) of one host; the next gets 503. With gunicorn.workerClass gthread each holds a thread: auto leaves half of the threads free on a host with one CPU, or of gunicorn.workers. With asgi auto is no limit.",
      allowed: "auto, or a whole number of streams from 1 to 65535",
    }).default("auto"),
    workerShutdownTimeoutSeconds: wholeNumber(
      "seconds",
      1,
      86400,
      "How long old workers may finish after a reload; set it above the longest stream that you promise. On a balancer they may stay for streamReadTimeoutSeconds where that is longer.",
    ).default(60),
    logRequestErrors: flag(
      "Write to the journal why Nginx refused a request or got no answer to it, as `upstream sent too big header`: to be turned on while a cause is looked for, since each line holds the request with its query string, tokens included. The access log has status and times of every request in any case.",
    ).default(false),
    media: mediaSettings.default([]),
    rateLimits: rateLimits.prefault({}),
    headers: headers.prefault({}),
  })
  .meta({ about: "Nginx. A change reloads it and restarts nothing, where nothing else is said" });

export const balancerSettings = z
  .strictObject({
    idleTimeoutSeconds: wholeNumber("seconds", 1, 4000, "Longest silence between balancer and host.").default(60),
    drainSeconds: wholeNumber(
      "seconds",
      1,
      180,
      "How long the old slot of a host, and on target aws a machine that leaves, may finish its requests.",
    ).default(45),
  })
  .meta({ about: "The balancer in front of the hosts" });
