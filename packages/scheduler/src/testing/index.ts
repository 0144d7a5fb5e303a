export { nodeOf, placed, podOf } from './objects.ts'
export { startCore } from './start-core.ts'
