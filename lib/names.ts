/** Name in the certificate of every application host; the balancer verifies it whichever host it talks to. */
export const webServerName = "web.portico.internal";
