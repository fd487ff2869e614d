import { contract } from "../base/contract";

/** Name in the certificate of every application host: hosts from before have no other. */
export const webServerName = contract.names.webServer;

/** Name in the certificate of one application host alone, which the balancer verifies when it talks to this host. */
export function ownServerName(host: string): string {
  return `${host}.${webServerName}`;
}

/** Name in the certificate that the balancer shows application hosts. */
export const clientName = contract.names.balancerClient;

/** Ports of a balancer that is a host: http, which leads to the other, and https. */
export const sitePorts = [contract.ports.http, contract.ports.https];

/** Port of Nginx on every application host. */
export const webPort = contract.ports.web;

/** Where sshd listens on machines of the stack. */
export const sshPort = 22;

/** Every host answers it for its application, whatever path of that is the right one, under names that are no site's. */
export const healthPath = contract.health.path;

/** A name that is no site's. */
export const healthHost = contract.health.host;

/** System user that the application runs as. */
export const appUser = "portico";

/** Folder below the login user's home that takes bundles and the archives of releases. */
export const incomingFolder = "portico";
