/** Name in the certificate of every application host; the balancer verifies it whichever host it talks to. */
export const webServerName = "web.portico.internal";

/** Port of Nginx on every application host. */
export const webPort = 8443;
