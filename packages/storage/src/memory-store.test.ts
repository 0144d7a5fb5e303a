import { storeConformance } from './conformance.ts'
import { createMemoryStore } from './memory-store.ts'

storeConformance('the memory store', async (options) => {
  const store = createMemoryStore(options)
  return { store, close: () => store.close() }
})
