/** What is told of one request: as many as sigs.k8s.io/json keeps of strict errors. */
const maxProblems = 100

/** Texts about what a client sent, each once and no more than anybody reads. */
export class ProblemList {
  readonly #texts = new Set<string>()

  /** Whether another one would still be told. Making a text that nobody sees is a cost. */
  get isFull(): boolean {
    return this.#texts.size === maxProblems
  }

  add(text: string): void {
    if (!this.isFull) this.#texts.add(text)
  }

  toArray(): string[] {
    return [...this.#texts]
  }
}
