import { LruMap, type ReconcileContext } from '@quarterdeck/controller-runtime'

const firstMs = 1000
const longestMs = 900_000
/** Daemons times nodes whose pods failed lately. */
const remembered = 20_000

interface Failure {
  waitMs: number
  sinceMs: number
}

/** How long a node's failed pod is left before another is made: a node that refuses it would do so for ever. Doubles from 1 s to 15 min. */
export class FailureBackOff {
  readonly #failures = new LruMap<string, Failure>(remembered)

  /** Milliseconds still to wait, 0 if nothing is to be waited for. */
  leftMs(key: string, nowMs: number): number {
    const failure = this.#failures.get(key)
    return failure ? Math.max(0, failure.sinceMs + failure.waitMs - nowMs) : 0
  }

  /** A failed pod was deleted. After a quiet time twice the longest wait it starts anew. */
  failed(key: string, nowMs: number): void {
    const before = this.#failures.get(key)
    const isRecent = before !== undefined && nowMs - before.sinceMs <= 2 * longestMs
    this.#failures.set(key, { waitMs: isRecent ? Math.min(before.waitMs * 2, longestMs) : firstMs, sinceMs: nowMs })
  }
}

const backOffs = new WeakMap<AbortSignal, FailureBackOff>()

/** The back-off of the run that this context belongs to. */
export function failureBackOffOf({ signal }: ReconcileContext): FailureBackOff {
  let backOff = backOffs.get(signal)
  if (!backOff) backOffs.set(signal, (backOff = new FailureBackOff()))
  return backOff
}
