/**
 * Pods scheduled a second: `npm run bench -- scheduler [workload…] [through…]`, with 5,000 nodes or as many as QUARTERDECK_BENCH_NODES
 * says. The workloads are shaped after kube-scheduler's scheduler_perf. `loop` runs them on the scheduling loop alone, `memory` through
 * the in-process API over a store in memory, `postgres` over a durable Postgres; without any: all of them on the loop, basic on the
 * others too.
 */
import { measureLoop } from './measure.ts'
import { throughMemory, throughPostgres } from './through-api.ts'
import { workloads, type Workload } from './workloads.ts'

const nodeCount = Number(process.env['QUARTERDECK_BENCH_NODES'] ?? 5000)
const throughs: Readonly<Record<string, (workload: Workload) => Promise<number>>> = {
  loop: async (workload) => (await measureLoop(workload, nodeCount)).seconds,
  memory: (workload) => throughMemory(workload, nodeCount),
  postgres: (workload) => throughPostgres(workload, nodeCount),
}

const wanted = process.argv.slice(2)
const names = workloads.map(({ name }) => name)
const unknown = wanted.filter((name) => !names.includes(name) && !Object.hasOwn(throughs, name))
if (unknown.length > 0) {
  console.error(`no workload ${unknown.join(', ')}; there are ${names.join(', ')}, through ${Object.keys(throughs).join(', ')}`)
  process.exit(2)
}
const chosenWorkloads = workloads.filter(({ name }) => wanted.includes(name))
const chosenThroughs = Object.keys(throughs).filter((name) => wanted.includes(name))

console.log(`${nodeCount} nodes`)
const rows: Record<string, unknown>[] = []
for (const workload of chosenWorkloads.length > 0 ? chosenWorkloads : workloads) {
  const row: Record<string, unknown> = { workload: workload.name, pods: workload.measured.count }
  const standard = workload.name === 'basic' ? Object.keys(throughs) : ['loop']
  for (const through of chosenThroughs.length > 0 ? chosenThroughs : standard) {
    row[`${through}, pods/s`] = Math.round(workload.measured.count / (await throughs[through]!(workload)))
  }
  rows.push(row)
}
console.table(rows)
process.exit(0)
