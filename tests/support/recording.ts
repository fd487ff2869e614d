import type { RecordedResource } from "./recordingMonitor";
import { reveal, type Wire } from "./wireValues";

/** What one run of the program told the engine. Asking for what is not there throws, so that no test passes on nothing. */
export class Recording {
  constructor(
    /** All but the stack itself. */
    readonly resources: readonly RecordedResource[],
    /** Outputs of components by label; those of the stack by `Stack`. */
    readonly outputs: ReadonlyMap<string, Record<string, Wire>>,
    /** What the program threw. */
    readonly error: unknown,
    /** Lines for the user. */
    readonly messages: readonly string[],
  ) {}

  get labels(): string[] {
    return this.resources.map(({ label }) => label).sort();
  }

  get(label: string): RecordedResource {
    return found(
      this.resources.filter((resource) => resource.label === label),
      label,
    )[0]!;
  }

  /** `type` is the end of the type token, as `:LocalMachine`. */
  ofType(type: string): RecordedResource[] {
    return found(
      this.resources.filter((resource) => resource.type.endsWith(type)),
      type,
    );
  }

  /** What a command reads on standard input, without its wrapper. */
  stdinOf(label: string): string {
    const text = reveal(this.get(label).inputs.stdin);
    if (typeof text !== "string") throw new Error(`${label} gets no text on standard input`);
    return text;
  }

  outputsOf(label: string): Record<string, Wire> {
    const outputs = this.outputs.get(label);
    if (outputs === undefined) throw new Error(`${label} has registered no outputs`);
    return outputs;
  }

  /** Labels of all that the engine makes before it: what it depends on, and what that depends on. */
  waitsFor(label: string): Set<string> {
    const waits = new Set<string>();
    const visit = (resource: RecordedResource) => {
      for (const dependency of resource.options.dependsOn.filter((known) => !waits.has(known))) {
        waits.add(dependency);
        visit(this.get(dependency));
      }
    };
    visit(this.get(label));
    return waits;
  }

  /** Labels of resources that both have, with other inputs. */
  changesTo(after: Recording): string[] {
    const before = new Map(this.resources.map(({ label, inputs }) => [label, JSON.stringify(inputs)]));
    return after.resources
      .filter(({ label, inputs }) => before.has(label) && before.get(label) !== JSON.stringify(inputs))
      .map(({ label }) => label)
      .sort();
  }
}

function found<T>(items: T[], wanted: string): T[] {
  if (items.length === 0) throw new Error(`nothing was registered as ${wanted}`);
  return items;
}
