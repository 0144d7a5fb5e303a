import { randomUUID } from 'node:crypto'
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'

const pollMs = 20

/** Runs `task` while no other process of this machine runs one under the same lock file. The lock of a dead process is taken over. */
export async function withMachineLock<T>(file: string, task: () => Promise<T>): Promise<T> {
  const mine = `${file}.${randomUUID()}`
  writeFileSync(mine, String(process.pid))
  try {
    while (!tryLink(mine, file)) {
      if (isAbandoned(file)) rmSync(file, { force: true })
      await delay(pollMs)
    }
    try {
      return await task()
    } finally {
      rmSync(file, { force: true })
    }
  } finally {
    rmSync(mine, { force: true })
  }
}

/** A link is made with its content, at once or not at all. */
function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

function isAbandoned(file: string): boolean {
  try {
    const pid = Number(readFileSync(file, 'utf8'))
    process.kill(pid, 0)
    return false
  } catch (error) {
    // Unreadable means it was just released.
    return (error as NodeJS.ErrnoException).code === 'ESRCH'
  }
}
