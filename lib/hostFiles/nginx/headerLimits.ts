import type { Settings } from "../../settings";

/**
 * Limits of header fields, in step with each other. One part checks requests, whatever protocol they came by: Nginx on the
 * host, which refuses with a page. The balancer takes more, as over HTTP/2 its Nginx cannot refuse but by ending the
 * connection; Gunicorn takes more as well.
 */

type Nginx = Settings["nginx"];

const balancerFactor = 2;
/** Connection, X-Forwarded-For, X-Forwarded-Proto, X-Request-ID and X-Request-Start come along. */
const addedBuffers = 1;
const addedFields = 5;
const gunicornMarginKilobytes = 1;
/** Security headers and what else Nginx adds to an answer on a host, besides the policy whose length is a setting. */
const addedAnswerKilobytes = 4;
const bufferKilobytes = 16;
const leastBuffers = 8;

/** How many buffers a host has for the header of a request, and how long a line or a field may be. */
export function hostRequestBuffers({ requestFieldKilobytes, requestHeaderKilobytes }: Nginx) {
  return {
    requestBuffers: Math.ceil(requestHeaderKilobytes / requestFieldKilobytes) + addedBuffers,
    requestFieldKilobytes,
  };
}

/** The same of the balancer, with the bytes that they make together. */
export function balancerRequestBuffers(nginx: Nginx) {
  const { requestBuffers, requestFieldKilobytes } = hostRequestBuffers(nginx);
  const fieldKilobytes = balancerFactor * requestFieldKilobytes;
  return {
    requestBuffers,
    requestFieldKilobytes: fieldKilobytes,
    requestHeaderKilobytes: requestBuffers * fieldKilobytes,
  };
}

/** Gunicorn's limits of one field and of their number; the second is the one that checks. */
export function gunicornLimits({ requestFieldKilobytes, requestFields }: Nginx) {
  return { fieldBytes: (requestFieldKilobytes + gunicornMarginKilobytes) * 1024, fields: requestFields + addedFields };
}

/** Buffers of a host for an answer of the application. */
export function hostAnswerBuffers({ responseHeaderKilobytes }: Nginx) {
  return answerBuffers(responseHeaderKilobytes);
}

/** Buffers of the balancer, which gets what the host added too. */
export function balancerAnswerBuffers({ responseHeaderKilobytes, headers }: Nginx) {
  return answerBuffers(
    responseHeaderKilobytes + addedAnswerKilobytes + Math.ceil(headers.contentSecurityPolicy.length / 1024),
  );
}

/** The head of an answer fits into the first buffer, and as much may be on its way to the client while the rest is read. */
function answerBuffers(headKilobytes: number) {
  const busyKilobytes = Math.max(2 * bufferKilobytes, headKilobytes);
  return {
    headKilobytes,
    busyKilobytes,
    buffers: Math.max(leastBuffers, Math.ceil(busyKilobytes / bufferKilobytes) + 2),
  };
}
