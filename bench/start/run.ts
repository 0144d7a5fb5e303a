/** How long a warm `npm start` takes until its node is Ready, and what its processes hold in memory once it is quiet. */
import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

import { startProduct } from '@quarterdeck/testing'

const runs = 3
const quietMs = 30_000

const product = await startProduct()
try {
  const seconds: number[] = []
  for (let i = 0; i < runs; i++) {
    await product.interrupt()
    const start = performance.now()
    await product.start()
    seconds.push(Number(((performance.now() - start) / 1000).toFixed(2)))
  }
  console.table([{ 'warm start, s': 'until the node is Ready', fastest: Math.min(...seconds), slowest: Math.max(...seconds) }])
  await delay(quietMs)
  const rows = ['apps/web/server/main.ts', 'apps/worker/src/main.ts', 'apps/agent/src/main.ts', 'apps/quarterdeck/src/main.ts'].map(
    (script) => memoryRow(script, product.pidOf(script)),
  )
  console.table(rows)
  const sum = rows.slice(0, 3).reduce((total, row) => total + row['resident MB'], 0)
  console.log(`web + worker + agent: ${sum} MB resident; pages they share are counted in each`)
} finally {
  await product.destroy()
}

function memoryRow(process: string, pid: number): { process: string; 'resident MB': number; 'proportional MB': number } {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const megabytes = (field: string): number => Math.round(Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(rollup)?.[1] ?? 0) / 1024)
  return { process, 'resident MB': megabytes('Rss'), 'proportional MB': megabytes('Pss') }
}
