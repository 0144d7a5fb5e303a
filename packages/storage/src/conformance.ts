import { describe } from 'node:test'
import type { Harness, OpenStore } from './conformance/harness.ts'
import { cacheRules } from './conformance/caches.ts'
import { historyRules } from './conformance/history.ts'
import { processRules } from './conformance/processes.ts'
import { watchRules } from './conformance/watches.ts'
import { writeRules } from './conformance/writes.ts'

export type { Harness, OpenStore }

/**
 * The rules of docs/spec/store.md as tests, for every implementation of ObjectStore. `open` makes a store that is
 * empty, for each test anew.
 */
export function storeConformance(name: string, open: OpenStore): void {
  describe(`${name} keeps the rules of a store`, () => {
    writeRules(open)
    cacheRules(open)
    watchRules(open)
    historyRules(open)
    processRules(open)
  })
}
