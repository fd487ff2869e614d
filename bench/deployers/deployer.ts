/** One way to bring a change to hosts. */
export interface Deployer {
  name: string;
  about: string;
  /** Makes the fleet one of so many hosts, each with the sample; not measured. */
  fit: (hosts: number) => Promise<void>;
  /** Changes one line of a template in this deployer's copy of the sample. */
  change: () => void;
  /** The whole command, as somebody types it; answers its seconds. */
  deploy: () => Promise<number>;
  /** What a deployment would change; absent where the tool has no such thing. */
  preview?: () => Promise<number>;
  /** The engine alone with nothing changed, where the deployer has an engine below its command. */
  engine?: () => Promise<number>;
  /** Interfaces on this computer that lead to the application hosts. */
  links: () => string[];
}
