import { execFile, spawn, type ChildProcess } from 'node:child_process'

export interface Kubectl {
  /** Output of a command that must succeed. */
  (...args: string[]): Promise<string>
  /** Applies YAML from standard input. */
  apply(yaml: string): Promise<string>
  /** A command that goes on; `untilOutput` resolves when what it printed matches. */
  follow(...args: string[]): { process: ChildProcess; untilOutput(pattern: RegExp): Promise<string>; stop(): void }
  /** Output and code of a command that may fail. */
  tried(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }>
}

/** kubectl from PATH, against one cluster. */
export function kubectlFor(kubeconfig: string): Kubectl {
  const base = ['--kubeconfig', kubeconfig]

  function tried(args: string[], input?: string): Promise<{ code: number; stdout: string; stderr: string }> {
    return new Promise((resolve) => {
      const child = execFile('kubectl', [...base, ...args], { maxBuffer: 64 * 1024 * 1024, timeout: 180_000 }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
      )
      if (input !== undefined) child.stdin?.end(input)
    })
  }

  async function run(args: string[], input?: string): Promise<string> {
    const { code, stdout, stderr } = await tried(args, input)
    if (code !== 0) throw new Error(`kubectl ${args.join(' ')} failed with ${code}: ${stderr || stdout}`)
    return stdout
  }

  const kubectl = (...args: string[]): Promise<string> => run(args)
  return Object.assign(kubectl, {
    apply: (yaml: string) => run(['apply', '-f', '-'], yaml),
    tried: (...args: string[]) => tried(args),
    follow(...args: string[]) {
      const child = spawn('kubectl', [...base, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      const listeners = new Set<() => void>()
      const read = (chunk: Buffer): void => {
        output += chunk.toString()
        for (const listener of listeners) listener()
      }
      child.stdout.on('data', read)
      child.stderr.on('data', read)
      return {
        process: child,
        untilOutput: (pattern: RegExp) =>
          new Promise<string>((resolve, reject) => {
            const timer = setTimeout(
              () => reject(new Error(`kubectl ${args.join(' ')} did not print ${pattern} in time, but:\n${output}`)),
              120_000,
            )
            const check = (): void => {
              if (!pattern.test(output)) return
              clearTimeout(timer)
              listeners.delete(check)
              resolve(output)
            }
            listeners.add(check)
            check()
          }),
        stop: () => child.kill(),
      }
    },
  })
}
