/** The protocol between client and peer; both over TLS where the peer has it. */
export type Protocol = "h1" | "h2";

export const protocolNames: Record<Protocol, string> = { h1: "HTTP/1.1", h2: "HTTP/2" };

/** A machine of a peer, by the number of its first process on this computer. */
export interface PeerMachine {
  role: "balancer" | "host";
  init: number;
}

/** One way to serve the sample, up and reachable. */
export interface Peer {
  name: string;
  /** What it is, in words for the page. */
  about: string;
  /** As `https://10.31.80.10`, without a path. */
  origin: string;
  /** File with the certificate that its own is verified by; absent where it speaks no TLS. */
  authority?: string;
  protocols: readonly Protocol[];
  /** Asked anew each time: a machine may have been booted again. */
  machines: () => PeerMachine[];
}

/** What can be brought up and removed. */
export interface PeerStack {
  name: string;
  up(): Promise<Peer>;
  remove(): Promise<void>;
}
