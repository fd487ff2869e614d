import type { RecordedResource } from "./recordingMonitor";
import type { Recording } from "./recording";
import { textsOf, type Wire } from "./wireValues";

/** Where a private value stands: `<label>: <path>`. */
export interface PrivateValues {
  /** Places where anybody reads it. */
  plain: string[];
  /** Places where it is secret. */
  secret: string[];
}

/** Looks through all inputs of all resources, components among them, all outputs, and all that was printed. */
export function findPrivate(recording: Recording, values: readonly string[]): PrivateValues {
  const outputs = [...recording.outputs].map(([label, value]) => ({ label: `outputs of ${label}`, value: value }));
  const messages = { label: "messages", value: [...recording.messages] as Wire };
  return findIn([...recording.resources.map(asPlace), ...outputs, messages], values);
}

/** The same for some resources. */
export function findPrivateInputs(resources: readonly RecordedResource[], values: readonly string[]): PrivateValues {
  return findIn(resources.map(asPlace), values);
}

interface Place {
  label: string;
  value: Wire;
}

function asPlace({ label, inputs }: RecordedResource): Place {
  return { label, value: inputs };
}

function findIn(places: Place[], values: readonly string[]): PrivateValues {
  const hits = places.flatMap(({ label, value }) =>
    textsOf(value)
      .filter(({ text }) => values.some((wanted) => text.includes(wanted)))
      .map(({ path, secret }) => ({ place: `${label}: ${path}`, secret })),
  );
  return {
    plain: hits.filter(({ secret }) => !secret).map(({ place }) => place),
    secret: hits.filter(({ secret }) => secret).map(({ place }) => place),
  };
}
