import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../main.ts', import.meta.url))

export interface WorkerProcess {
  process: ChildProcess
  /** Asks it to end, if it hasn't, and resolves when it has. */
  stop(): Promise<void>
}

/** The worker as it runs in production, with a short lease. */
export function startWorkerProcess(databaseUrl: string): WorkerProcess {
  const worker = spawn(process.execPath, [main], {
    env: {
      ...process.env,
      DATABASE_URL: databaseUrl,
      QUARTERDECK_LEASE_SECONDS: '3',
      QUARTERDECK_LOG_LEVEL: process.env['QUARTERDECK_TEST_LOG'] ?? 'error',
    },
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  return {
    process: worker,
    stop: async () => {
      if (worker.exitCode !== null || worker.signalCode !== null) return
      const exited = once(worker, 'exit')
      worker.kill('SIGTERM')
      await exited
    },
  }
}
