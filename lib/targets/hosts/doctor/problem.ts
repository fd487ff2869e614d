/** One thing that is wrong with a host. */
export interface Problem {
  subject: string;
  found: string;
  allowed: string;
  remedy: string;
}
