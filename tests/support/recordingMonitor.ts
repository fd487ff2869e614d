import * as pulumi from "@pulumi/pulumi";
import type { Wire } from "./wireValues";

/** A resource as the program registers it with the engine, or reads it. */
export interface RecordedResource {
  type: string;
  name: string;
  /** The name of a resource of a provider; `Class name` of a component, which may share its name with others. */
  label: string;
  custom: boolean;
  /** As they travel to the engine: secrets wrapped, unknown values marked. */
  inputs: Record<string, Wire>;
  options: RecordedOptions;
}

/** Other resources are named by their labels; the stack is `Stack`. */
export interface RecordedOptions {
  parent: string;
  /** Named ones and those that its inputs come from; a component stands with its children. */
  dependsOn: string[];
  deletedWith: string | undefined;
  additionalSecretOutputs: string[];
  customTimeouts: { create: string; update: string; delete: string };
  protect: boolean;
  retainOnDelete: boolean;
  aliases: unknown[];
  ignoreChanges: string[];
  replaceOnChanges: string[];
  /** Explicit provider by its label; undefined for the one that the engine makes of the environment. */
  provider: string | undefined;
}

interface ReadRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProperties(): { toJavaScript(): Record<string, Wire> };
  getDependenciesList(): string[];
  getAdditionalsecretoutputsList(): string[];
}

interface RegisterRequest extends Omit<ReadRequest, "getProperties"> {
  getCustom(): boolean;
  getObject(): { toJavaScript(): Record<string, Wire> };
  getDeletedwith(): string;
  getCustomtimeouts(): { getCreate(): string; getUpdate(): string; getDelete(): string };
  getProtect(): boolean;
  getRetainondelete(): boolean;
  getAliasesList(): unknown[];
  getIgnorechangesList(): string[];
  getReplaceonchangesList(): string[];
  getProvider(): string;
}

interface OutputsRequest {
  getUrn(): string;
  getOutputs(): { toJavaScript(): Record<string, Wire> };
}

type Answer = (error: unknown, response?: { getUrn(): string }) => void;

interface Monitor {
  registerResource(request: RegisterRequest, answer: Answer): Promise<void>;
  readResource(request: ReadRequest, answer: Answer): Promise<void>;
  registerResourceOutputs(request: OutputsRequest, answer: Answer): void;
}

const stackType = "pulumi:pulumi:Stack";

/** What a read cannot be given. */
const noOptions = {
  deletedWith: undefined,
  customTimeouts: { create: "", update: "", delete: "" },
  protect: false,
  retainOnDelete: false,
  aliases: [],
  ignoreChanges: [],
  replaceOnChanges: [],
  provider: undefined,
};

/**
 * Listens to the mock monitor of the SDK. The mocks themselves hide the options of resources and what
 * components and the stack give as outputs; the requests that reach the monitor tell all.
 */
export class RecordingMonitor {
  private readonly resources: RecordedResource[] = [];
  private readonly labels = new Map<string, string>();
  private readonly twice: string[] = [];
  private readonly outputs = new Map<string, Record<string, Wire>>();

  /** Starts listening; `pulumi.runtime.setMocks` comes first. */
  listen(): void {
    const monitor = pulumi.runtime.getMonitor() as unknown as Monitor;
    const { registerResource, readResource, registerResourceOutputs } = monitor;
    monitor.registerResource = (request, answer) => {
      const label = this.record(request);
      return registerResource.call(monitor, request, this.naming(label, answer));
    };
    monitor.readResource = (request, answer) => {
      const label = this.recordRead(request);
      return readResource.call(monitor, request, this.naming(label, answer));
    };
    monitor.registerResourceOutputs = (request, answer) => {
      this.outputs.set(this.labelFor(request.getUrn()), request.getOutputs().toJavaScript());
      registerResourceOutputs.call(monitor, request, answer);
    };
  }

  /** Names of the outputs that the engine makes secret, for the resource that is being registered. */
  secretOutputs(type: string, name: string): string[] {
    return (
      this.resources.find((resource) => resource.type === type && resource.name === name)?.options
        .additionalSecretOutputs ?? []
    );
  }

  /** All resources but the stack itself. */
  recorded(): RecordedResource[] {
    return this.resources;
  }

  /** Outputs by the label of the component; those of the stack by `Stack`. */
  recordedOutputs(): Map<string, Record<string, Wire>> {
    return this.outputs;
  }

  /** Labels that two resources have; the engine refuses two of one type and parent, and people confuse the others. */
  duplicates(): string[] {
    return this.twice;
  }

  private record(request: RegisterRequest): string {
    const label = labelOf(request);
    if (request.getType() === stackType) return label;
    const timeouts = request.getCustomtimeouts();
    return this.add(request, {
      label,
      custom: request.getCustom(),
      inputs: request.getObject().toJavaScript(),
      options: {
        ...this.immutableOf(request),
        deletedWith: request.getDeletedwith() === "" ? undefined : this.labelFor(request.getDeletedwith()),
        customTimeouts: { create: timeouts.getCreate(), update: timeouts.getUpdate(), delete: timeouts.getDelete() },
        protect: request.getProtect(),
        retainOnDelete: request.getRetainondelete(),
        aliases: request.getAliasesList(),
        ignoreChanges: request.getIgnorechangesList(),
        replaceOnChanges: request.getReplaceonchangesList(),
        provider: this.providerOf(request),
      },
    });
  }

  private recordRead(request: ReadRequest): string {
    const options = { ...this.immutableOf(request), ...noOptions };
    return this.add(request, {
      label: request.getName(),
      custom: true,
      inputs: request.getProperties().toJavaScript(),
      options,
    });
  }

  private immutableOf(
    request: ReadRequest | RegisterRequest,
  ): Pick<RecordedOptions, "parent" | "dependsOn" | "additionalSecretOutputs"> {
    return {
      parent: this.labelFor(request.getParent()),
      dependsOn: request.getDependenciesList().map((urn) => this.labelFor(urn)),
      additionalSecretOutputs: request.getAdditionalsecretoutputsList(),
    };
  }

  /** A reference is the URN of the provider and its id. */
  private providerOf(request: RegisterRequest): string | undefined {
    const reference = request.getProvider();
    return reference === "" ? undefined : this.labelFor(reference.slice(0, reference.lastIndexOf("::")));
  }

  private add(request: ReadRequest | RegisterRequest, resource: Omit<RecordedResource, "type" | "name">): string {
    const { label } = resource;
    if (this.resources.some((known) => known.label === label)) this.twice.push(label);
    this.resources.push({ type: request.getType(), name: request.getName(), ...resource });
    return label;
  }

  /** Others refer to a resource by the name that the answer gives it. */
  private naming(label: string, answer: Answer): Answer {
    return (error, response) => {
      if (response !== undefined) this.labels.set(response.getUrn(), label);
      answer(error, response);
    };
  }

  private labelFor(urn: string): string {
    const label = this.labels.get(urn);
    if (label === undefined) throw new Error(`${urn || "no URN"} is not a resource that was registered before`);
    return label;
  }
}

function labelOf(request: RegisterRequest): string {
  if (request.getType() === stackType) return "Stack";
  return request.getCustom() ? request.getName() : `${request.getType().split(":").at(-1)} ${request.getName()}`;
}
