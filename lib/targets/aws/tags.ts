/** Tags that distinguish a stack's resources from all others of the account. */
export function stackTags(project: string, stack: string) {
  return { "portico:project": project, "portico:stack": stack };
}

/** Tags by which an instance is found under its machine's name. */
export function machineTags(project: string, stack: string, machine: string) {
  return { ...stackTags(project, stack), "portico:machine": machine };
}
