/** A row of figures from latencies in ms and the seconds they took. */
export function latencyRow(latencies: number[], seconds: number): Record<string, number> {
  const sorted = latencies.toSorted((a, b) => a - b)
  const at = (share: number): number => Number((sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(2))
  return { 'per second': Math.round(latencies.length / seconds), 'p50 ms': at(0.5), 'p95 ms': at(0.95), 'p99 ms': at(0.99) }
}

/** Runs `task` from `workers` loops at once for a while and times every run of it. */
export async function timed(workers: number, seconds: number, task: (index: number) => Promise<unknown>): Promise<Record<string, number>> {
  const latencies: number[] = []
  const start = performance.now()
  const end = start + seconds * 1000
  let index = 0
  const worker = async (): Promise<void> => {
    while (performance.now() < end) {
      const asked = performance.now()
      await task(index++)
      latencies.push(performance.now() - asked)
    }
  }
  await Promise.all(Array.from({ length: workers }, worker))
  return latencyRow(latencies, (performance.now() - start) / 1000)
}
