import { spawn } from 'node:child_process'

const maxErrorBytes = 8_192

/** What a program said, and the code it ended with. */
export class ProgramError extends Error {
  readonly exitCode: number | null

  constructor(message: string, exitCode: number | null) {
    super(message)
    this.exitCode = exitCode
  }
}

/** Runs a program with `input` and resolves with its output; rejects with ProgramError if it ran and failed. */
export function runProgram(program: string, args: readonly string[], input?: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] })
    let output = ''
    let failure = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (failure.length < maxErrorBytes) failure += text
    })
    child.on('error', (error) => reject(new Error(`${program} could not be run: ${error.message}`)))
    child.on('close', (code) =>
      code === 0
        ? resolve(output)
        : reject(new ProgramError(`${program} ${args.join(' ')}: ${failure.trim() || `exit code ${code}`}`, code)),
    )
    child.stdin.on('error', () => {}) // it ended without reading: its exit code tells
    child.stdin.end(input ?? '')
  })
}

/** Loads rules in one transaction: all of them or, on failure, none. */
export async function loadRules(text: string): Promise<void> {
  await runProgram('nft', ['-f', '-'], text)
}

/** Whether `chain` is in the kernel. To ask for one chain is cheap; to ask for the tables, nft reads every chain of each of them. */
export async function isChainLoaded(table: string, chain: string): Promise<boolean> {
  try {
    await runProgram('nft', ['list', 'chain', 'ip', table, chain])
    return true
  } catch (error) {
    if (error instanceof ProgramError && error.message.includes('No such file or directory')) return false
    throw error
  }
}

export async function deleteTable(table: string): Promise<void> {
  await loadRules(`add table ip ${table}\ndelete table ip ${table}\n`)
}
