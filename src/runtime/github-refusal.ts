/** GitHub has answered, but not done what was asked. */
export class GitHubRefusal extends Error {
  readonly status: number;

  /** `said` is the message of the answer; empty where it has none. */
  constructor(status: number, said: string) {
    super(said);
    this.name = 'GitHubRefusal';
    this.status = status;
  }
}
