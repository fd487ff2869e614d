import { contract } from "../base/contract";

/** Name in the certificate of every application host; the balancer verifies it whichever host it talks to. */
export const webServerName = contract.names.webServer;

/** Ports of a balancer that is a host: http, which leads to the other, and https. */
export const sitePorts = [contract.ports.http, contract.ports.https];

/** Port of Nginx on every application host. */
export const webPort = contract.ports.web;

/** Every host answers it for its application, whatever path of that is the right one, under names that are no site's. */
export const healthPath = contract.health.path;

/** A name that is no site's. */
export const healthHost = contract.health.host;

/** System user that the application runs as. */
export const appUser = "portico";

/** Folder below the login user's home that takes bundles and the archives of releases. */
export const incomingFolder = "portico";
