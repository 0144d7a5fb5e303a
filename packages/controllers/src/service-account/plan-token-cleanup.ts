import { tokenInvalidSinceLabel, tokenLastUsedLabel, type Secret } from '@quarterdeck/api'

/** A token that nobody used for so long is made invalid, and goes when it was invalid for as long again. */
export const unusedMs = 365 * 24 * 3600 * 1000

export interface TokenUse {
  /** Its account lists it: it was made for the account, not by hand. */
  isListed: boolean
  isMounted: boolean
  /** The day from which uses are noted. */
  trackedSince: string
}

export type TokenCleanup = { do: 'keep'; lookAgainInMs?: number } | { do: 'invalidate' } | { do: 'delete' }

/** What is to be done with a token Secret. Tokens made by hand, and mounted ones, are kept whatever happens. No I/O. */
export function planTokenCleanup({ metadata }: Secret, { isListed, isMounted, trackedSince }: TokenUse, nowMs: number): TokenCleanup {
  if (!isListed || isMounted) return { do: 'keep' }
  const { [tokenLastUsedLabel]: lastUsed = '', [tokenInvalidSinceLabel]: invalidSince = '' } = metadata.labels ?? {}
  const lastUseMs = Math.max(startOf(lastUsed), startOf(metadata.creationTimestamp ?? ''), startOf(trackedSince))
  if (nowMs < lastUseMs + unusedMs) return { do: 'keep', lookAgainInMs: lastUseMs + unusedMs - nowMs }
  const invalidMs = startOf(invalidSince)
  if (invalidMs === 0) return { do: 'invalidate' }
  return nowMs < invalidMs + unusedMs ? { do: 'keep', lookAgainInMs: invalidMs + unusedMs - nowMs } : { do: 'delete' }
}

/** Milliseconds of a day or time; 0 for what is none. */
const startOf = (time: string): number => Date.parse(time) || 0
