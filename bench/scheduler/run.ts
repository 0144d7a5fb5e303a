/**
 * Pods scheduled a second: `npm run bench -- scheduler [workload…]`, with 5,000 nodes or as many as QUARTERDECK_BENCH_NODES says.
 * The workloads are shaped after kube-scheduler's scheduler_perf and run on the scheduling loop alone; `api` is the basic one through
 * the in-process API, over a store in memory and over a durable Postgres.
 */
import { measureLoop } from './measure.ts'
import { throughMemory, throughPostgres } from './through-api.ts'
import { workloads } from './workloads.ts'

const nodeCount = Number(process.env['QUARTERDECK_BENCH_NODES'] ?? 5000)
const podCount = 10_000
const wanted = process.argv.slice(2)
const names = [...workloads.map(({ name }) => name), 'api']
const unknown = wanted.filter((name) => !names.includes(name))
if (unknown.length > 0) {
  console.error(`no workload ${unknown.join(', ')}; there are ${names.join(', ')}`)
  process.exit(2)
}
const isWanted = (name: string): boolean => wanted.length === 0 || wanted.includes(name)

console.log(`${nodeCount} nodes`)
const rows: Record<string, unknown>[] = []
for (const workload of workloads.filter(({ name }) => isWanted(name))) {
  const { pods, seconds, attempts } = await measureLoop(workload, nodeCount)
  rows.push({ workload: workload.name, pods, seconds: Number(seconds.toFixed(2)), attempts, 'pods/s': Math.round(pods / seconds) })
}
if (isWanted('api')) {
  for (const [workload, measure] of Object.entries({ 'api over memory': throughMemory, 'api over Postgres': throughPostgres })) {
    const seconds = await measure({ nodeCount, podCount })
    rows.push({ workload, pods: podCount, seconds: Number(seconds.toFixed(2)), 'pods/s': Math.round(podCount / seconds) })
  }
}
console.table(rows)
process.exit(0)
