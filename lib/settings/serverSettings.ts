import { z } from "zod";
import { choice, flag, listOf, text, urlPath, wholeNumber, wholeNumberOr } from "./fields";

const networkPattern = /^[0-9a-fA-F.:]+(\/\d{1,3})?$/;

export const gunicornSettings = z
  .strictObject({
    workerClass: choice(["gthread", "sync", "asgi"], "gthread suits most WSGI applications, sync short CPU-bound requests, asgi asynchronous ones.").default("gthread"),
    workers: wholeNumberOr(1, 512, (error) => z.literal("auto", { error }), {
      about: "auto is two for each CPU of the host plus one, counted on the host.",
      allowed: "auto, or a whole number of processes from 1 to 512",
    }).default("auto"),
    threads: wholeNumber("threads", 1, 128, "Threads of one gthread worker.").default(4),
    timeoutSeconds: wholeNumber("seconds", 1, 3600, "A worker silent for so long is replaced. For sync workers also the longest request.").default(30),
    gracefulTimeoutSeconds: wholeNumber("seconds", 1, 3600, "How long requests in flight may finish when a slot stops.").default(30),
    keepaliveSeconds: wholeNumber("seconds", 1, 300, "Idle time of a connection from Nginx.").default(5),
    maxRequests: wholeNumber("requests", 0, 1000000, "A worker is recycled after so many, against slow leaks; 0 is never.").default(1000),
    maxRequestsJitter: wholeNumber("requests", 0, 1000000, "Random extra, so that workers do not recycle together.").default(200),
    backlog: wholeNumber("connections", 64, 4096, "Connections that may wait for a worker; beyond it Nginx answers 502.").default(2048),
  })
  .meta({ about: "Gunicorn. Any change starts a new slot beside the serving one" });

const rateLimits = z
  .strictObject({
    dryRun: flag("Only log what would have been refused.").default(false),
    general: z
      .strictObject({
        requestsPerSecond: wholeNumber("requests", 1, 100000, "Steady rate of one client on one host; beyond rate and burst it gets 429.").default(50),
        burst: wholeNumber("requests", 0, 100000, "Requests that a client may be ahead of the rate.").default(100),
      })
      .prefault({}),
    login: z
      .strictObject({
        requestsPerMinute: wholeNumber("requests", 1, 100000, "Steady rate of one client on the login paths.").default(10),
        burst: wholeNumber("requests", 0, 100000, "Requests that a client may be ahead of the rate.").default(5),
        paths: listOf(urlPath, "absolute paths", "Paths with the stricter limit.").default([]),
      })
      .prefault({}),
    exempt: listOf(networkPattern, "addresses or networks", "Clients that are never limited.").default([]),
  })
  .meta({ about: "Rate limits by the real client's address" });

const headers = z
  .strictObject({
    contentSecurityPolicy: text(/^[^"\\\n\r$]+$/, "a policy on one line without quotes of the double kind, backslashes or dollar signs", "Sent with each answer to which the application gave none of its own.").default(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    hstsSeconds: wholeNumber("seconds", 0, 126144000, "How long browsers insist on HTTPS; 0 sends no header.").default(63072000),
    hstsIncludeSubDomains: flag("Extend HSTS to all subdomains. Others may own them.").default(false),
    hstsPreload: flag("Ask for the browsers' built-in list: a one-way door.").default(false),
    crossOriginEmbedderPolicy: flag("Send require-corp; breaks third-party images and scripts that do not agree.").default(true),
  })
  .meta({ about: "Security headers" });

export const nginxSettings = z
  .strictObject({
    keepaliveTimeoutSeconds: wholeNumber("seconds", 1, 3600, "Idle time of a connection to Nginx; it must outlast the balancer's.").default(75),
    proxyReadTimeoutSeconds: wholeNumber("seconds", 1, 3600, "Longest silence of the application on a normal route.").default(35),
    streamReadTimeoutSeconds: wholeNumber("seconds", 10, 86400, "Longest silence on a streaming route.").default(3600),
    clientMaxBodyMegabytes: wholeNumber("MiB", 1, 10240, "Largest request body; beyond it 413.").default(10),
    workerConnections: wholeNumber("connections", 64, 65535, "Connections of one Nginx worker.").default(4096),
    workerShutdownTimeoutSeconds: wholeNumber("seconds", 1, 86400, "How long old workers may finish after a reload; set it above the longest stream that you promise.").default(60),
    rateLimits: rateLimits.prefault({}),
    headers: headers.prefault({}),
  })
  .meta({ about: "Nginx. Any change reloads it and restarts nothing" });

export const balancerSettings = z
  .strictObject({
    idleTimeoutSeconds: wholeNumber("seconds", 1, 4000, "Longest silence between balancer and host.").default(60),
    drainSeconds: wholeNumber("seconds", 1, 180, "How long a host that leaves may finish its requests.").default(45),
  })
  .meta({ about: "The balancer in front of the hosts" });
