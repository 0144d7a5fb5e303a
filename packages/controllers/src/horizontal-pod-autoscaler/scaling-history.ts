interface Recommendation {
  atMs: number
  replicas: number
}

interface Change {
  atMs: number
  /** Positive where replicas were added. */
  by: number
}

/** As long as any window or policy period may be. */
const keptMs = 3_600_000

/**
 * What was recommended to one autoscaler and what it did, as far as windows and policies look back. In memory: a worker that takes
 * over begins with the replicas it finds, so that it shrinks nothing before a window is over.
 */
export class ScalingHistory {
  #recommendations: Recommendation[]
  #changes: Change[] = []

  constructor(currentReplicas: number, nowMs: number) {
    this.#recommendations = [{ atMs: nowMs, replicas: currentReplicas }]
  }

  recommend(replicas: number, nowMs: number): void {
    this.#recommendations = [...this.#recommendations.filter(({ atMs }) => atMs > nowMs - keptMs), { atMs: nowMs, replicas }]
  }

  changed(by: number, nowMs: number): void {
    this.#changes = [...this.#changes.filter(({ atMs }) => atMs > nowMs - keptMs), { atMs: nowMs, by }]
  }

  /** The lowest and the highest recommendation after a time, `replicas` included. */
  recommendedSince(sinceMs: number, replicas: number): { least: number; most: number } {
    const recent = this.#recommendations.filter(({ atMs }) => atMs > sinceMs).map((recommendation) => recommendation.replicas)
    return { least: Math.min(replicas, ...recent), most: Math.max(replicas, ...recent) }
  }

  /** Replicas added, less those taken away, after a time. */
  changeSince(sinceMs: number): number {
    return this.#changes.reduce((sum, { atMs, by }) => (atMs > sinceMs ? sum + by : sum), 0)
  }
}
