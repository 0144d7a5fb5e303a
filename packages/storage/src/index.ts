export { defaultWindow, type WindowLimits } from './event-ring.ts'
export { createMemoryStore, type MemoryStoreOptions } from './memory-store.ts'
export * from './store.ts'
