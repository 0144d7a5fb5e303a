import { spawn, type ChildProcess } from 'node:child_process'
import { createWriteStream, renameSync, statSync, type WriteStream } from 'node:fs'

export interface ProcessSpec {
  name: string
  /** Script, relative to the checkout, and its arguments. */
  args: readonly string[]
  env: Record<string, string | undefined>
  logFile: string
  cwd: string
  say: (line: string) => void
}

/** Fewer malloc arenas: Node's threads allocate little, and every arena keeps memory of its own. */
const leanMemory = { MALLOC_ARENA_MAX: '2' }
const firstBackoffMs = 250
const maxBackoffMs = 10_000
/** A process that ran this long is healthy: the next fall is a new one. */
const healthyAfterMs = 30_000
const killAfterMs = 25_000
const maxLogBytes = 20 * 1024 * 1024
const maxTailChars = 4_000

/**
 * A process that is started again when it ends by itself, later each time it does so quickly.
 * It runs in a process group of its own, so that Ctrl-C in the terminal reaches only us, and it holds an IPC channel
 * to us, so that it stops when we are killed.
 */
export class SupervisedProcess {
  readonly #spec: ProcessSpec
  #child: ChildProcess | undefined
  #log: WriteStream
  #isStopping = false
  #backoffMs = firstBackoffMs
  #restart: NodeJS.Timeout | undefined
  #tail = ''
  #falls = 0

  constructor(spec: ProcessSpec) {
    this.#spec = spec
    rotate(spec.logFile)
    this.#log = createWriteStream(spec.logFile, { flags: 'a' })
    this.#start()
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** How often it has ended by itself. */
  get falls(): number {
    return this.#falls
  }

  /** The end of what it printed. */
  get tail(): string {
    return this.#tail
  }

  #start(): void {
    const { args, env, cwd, name, say } = this.#spec
    const startedAt = Date.now()
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...args], {
      cwd,
      env: { ...process.env, ...leanMemory, ...env },
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    })
    this.#child = child
    const keep = (chunk: Buffer): void => {
      this.#log.write(chunk)
      this.#tail = (this.#tail + chunk.toString()).slice(-maxTailChars)
    }
    child.stdout?.on('data', keep)
    child.stderr?.on('data', keep)
    child.once('error', (error) => keep(Buffer.from(`${error.message}\n`)))
    child.once('close', (code, signal) => {
      this.#child = undefined
      if (this.#isStopping) return
      this.#falls++
      if (Date.now() - startedAt > healthyAfterMs) this.#backoffMs = firstBackoffMs
      say(`${name} ended (${signal ?? `code ${code}`}): starting it again`)
      this.#restart = setTimeout(() => this.#start(), this.#backoffMs)
      this.#backoffMs = Math.min(this.#backoffMs * 2, maxBackoffMs)
    })
  }

  /** Asks it to stop, ends it if it does not, and resolves when it is gone. */
  async stop(): Promise<void> {
    this.#isStopping = true
    clearTimeout(this.#restart)
    const child = this.#child
    if (child) {
      const gone = new Promise<void>((resolve) => child.once('close', () => resolve()))
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), killAfterMs)
      await gone
      clearTimeout(timer)
    }
    this.#log.end()
  }
}

function rotate(file: string): void {
  const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (bytes > maxLogBytes) renameSync(file, `${file}.1`)
}
