/** Tags by which a stack's resources are told from all others of the account. */
export function stackTags(project: string, stack: string) {
  return { "portico:project": project, "portico:stack": stack };
}

/** Tags by which an instance is found under its machine's name. */
export function machineTags(project: string, stack: string, machine: string) {
  return { ...stackTags(project, stack), "portico:machine": machine };
}
