// Asks one thing at a time, and of what is wanted meanwhile only the newest.

export class Newest<Job, Answer> {
  readonly #ask: (job: Job) => Promise<Answer>;
  readonly #take: (answer: Answer, job: Job) => void;
  readonly #fail: (error: unknown) => void;
  #isAsking = false;
  #next: { readonly job: Job } | undefined;

  constructor(
    ask: (job: Job) => Promise<Answer>,
    take: (answer: Answer, job: Job) => void,
    fail: (error: unknown) => void,
  ) {
    this.#ask = ask;
    this.#take = take;
    this.#fail = fail;
  }

  get isAsking(): boolean {
    return this.#isAsking;
  }

  want(job: Job): void {
    this.#next = { job };
    if (!this.#isAsking) void this.#work();
  }

  async #work(): Promise<void> {
    this.#isAsking = true;
    while (this.#next) {
      const { job } = this.#next;
      this.#next = undefined;
      try {
        this.#take(await this.#ask(job), job);
      } catch (error) {
        this.#fail(error);
      }
    }
    this.#isAsking = false;
  }
}
