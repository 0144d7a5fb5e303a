export interface BatchResult<T> {
  succeeded: T[]
  failures: Error[]
}

/**
 * Runs `count` calls in batches of 1, 2, 4, … and stops after a batch with a failure, so that what can't succeed (a quota, a bad
 * template) is tried once and not hundreds of times.
 */
export async function slowStartBatch<T>(count: number, call: (index: number) => Promise<T>): Promise<BatchResult<T>> {
  const result: BatchResult<T> = { succeeded: [], failures: [] }
  let next = 0
  for (let size = Math.min(count, 1); size > 0; size = Math.min(2 * size, count - next)) {
    const batch = Array.from({ length: size }, (_, offset) => call(next + offset))
    next += size
    for (const settled of await Promise.allSettled(batch)) {
      if (settled.status === 'fulfilled') result.succeeded.push(settled.value)
      else result.failures.push(settled.reason instanceof Error ? settled.reason : new Error(String(settled.reason)))
    }
    if (result.failures.length > 0) break
  }
  return result
}
