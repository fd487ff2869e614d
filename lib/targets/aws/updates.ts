import { byName, nameOfUrn } from "../../stack/resourceNames";

/** What a preview says of one resource. */
export interface PlannedChange {
  urn: string;
  /** Operation as the engine calls it: `create`, `update`, `replace`, `delete`, `same` and so on. */
  op: string;
}

/** A resource as the engine's state has it. */
export interface RecordedResource {
  urn: string;
  type: string;
  /** Replaced, and still to be deleted. */
  delete: boolean;
  /** URNs that it was made after. */
  dependencies: readonly string[];
}

/** One run of the engine. */
export interface Update {
  /** The machine whose turn it is; undefined where all that is left is done. */
  machine?: string;
  /** Targets of the run, as URNs and patterns of URNs; none means everything. */
  targets: string[];
}

export interface UpdatePlan {
  updates: Update[];
  /** Machines that become other ones, in their order. */
  replaced: string[];
  /** Why they are not replaced one after another. */
  allAtOnce?: string;
}

const instanceType = "aws:ec2/instance:Instance";
const attachmentType = "aws:lb/targetGroupAttachment:TargetGroupAttachment";
const replacing = ["replace", "create-replacement", "delete-replaced"];
/** Of AWS, whatever it belongs to: only such a thing is missed by what stands on it. */
const inAws = /(::|\$)aws:[^$:]+:[^$:]+::[^:]+$/;

/**
 * The engine makes every new machine before it deletes an old one, all in one update. So that never more than one is there
 * too many, each machine that becomes another one gets an update of its own: its replacement comes into service and the
 * old one goes, while the machines whose turn comes later are left as they are. Whatever else changes comes with the
 * first, since it may be what a new machine needs, and a migration comes before all switches.
 */
export function planUpdates(changes: readonly PlannedChange[], recorded: readonly RecordedResource[]): UpdatePlan {
  const replaced = replacedMachines(changes);
  const everything: Update = { targets: [] };
  if (replaced.length < 2) return { updates: [everything], replaced };
  const order = unfinishedFirst(replaced, recorded);
  const allAtOnce = whyAllAtOnce(order, replaced, changes, recorded);
  if (allAtOnce !== undefined) return { updates: [everything], replaced, allAtOnce };
  const common = distinct(
    changes
      .filter(({ op, urn }) => op !== "same" && op !== "delete" && !replaced.some((machine) => belongsTo(machine, urn)))
      .map(({ urn }) => urn),
  );
  const single = order.slice(0, -1).map((machine) => ({ machine, targets: [...patternsOf(machine), ...common] }));
  return { updates: [...single, { ...everything, machine: order.at(-1) }], replaced: order };
}

/** Machines that the state has, by name. */
export function recordedMachines(recorded: readonly RecordedResource[]): string[] {
  return distinct(recorded.filter(({ type }) => type === instanceType).map(({ urn }) => machineOf(urn)));
}

function replacedMachines(changes: readonly PlannedChange[]): string[] {
  const machines = changes.filter(
    ({ op, urn }) => replacing.includes(op) && [instanceType, attachmentType].some((type) => urn.includes(`${type}::`)),
  );
  return distinct(machines.map(({ urn }) => machineOf(urn))).sort(byName);
}

/** A machine whose replacement was begun by an update that failed has its old one still to be deleted. */
function unfinishedFirst(replaced: readonly string[], recorded: readonly RecordedResource[]): string[] {
  const unfinished = recordedMachines(recorded.filter((resource) => resource.delete));
  return [
    ...replaced.filter((machine) => unfinished.includes(machine)),
    ...replaced.filter((machine) => !unfinished.includes(machine)),
  ];
}

function whyAllAtOnce(
  order: readonly string[],
  replaced: readonly string[],
  changes: readonly PlannedChange[],
  recorded: readonly RecordedResource[],
): string | undefined {
  // The first machine runs the migration, which comes before every switch.
  if (order[0] !== replaced[0]) return `the replacement of ${order[0]} was begun before and comes first`;
  const gone = changes.filter(({ op, urn }) => replacing.includes(op) && inAws.test(urn)).map(({ urn }) => urn);
  const needed = recorded
    .filter(({ urn }) => replaced.some((machine) => belongsTo(machine, urn)))
    .flatMap(({ dependencies }) => dependencies);
  const shared = needed.find((urn) => gone.includes(urn) && !replaced.some((machine) => belongsTo(machine, urn)));
  return shared && `${nameOfUrn(shared)}, which they all stand on, is replaced too`;
}

function belongsTo(machine: string, urn: string): boolean {
  const name = nameOfUrn(urn);
  return name === machine || name.startsWith(`${machine}-`);
}

/** The same for the engine; `*` stands for no colon, `**` for anything. */
function patternsOf(machine: string): string[] {
  return [`**::${machine}`, `**::${machine}-*`];
}

function machineOf(urn: string): string {
  return nameOfUrn(urn).replace(/-(instance|attachment)$/, "");
}

function distinct(items: readonly string[]): string[] {
  return [...new Set(items)];
}
