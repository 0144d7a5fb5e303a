/** What plugins keep for the other extension points of the same cycle. */
export class CycleState {
  readonly #values = new Map<string, unknown>()
  /**
   * Set while a filter is asked what it would say if Pods came or went: what addPod and removePod of the plugins changed, by keys of
   * their own. What was computed before stays as it is, so that a trial ends by forgetting this.
   */
  trial: Map<string, number> | undefined

  get<T>(key: string): T | undefined {
    return this.#values.get(key) as T | undefined
  }

  set(key: string, value: unknown): void {
    this.#values.set(key, value)
  }

  delete(key: string): void {
    this.#values.delete(key)
  }

  /** How much a trial adds to a figure. */
  trialCount(key: string): number {
    return this.trial?.get(key) ?? 0
  }

  addToTrial(key: string, amount: number): void {
    this.trial?.set(key, this.trialCount(key) + amount)
  }
}
