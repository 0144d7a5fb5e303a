import { readFileSync } from 'node:fs'

const capSysResource = 24n

/**
 * Protecting a process from the out-of-memory killer needs CAP_SYS_RESOURCE, which root lacks inside some virtual
 * machines and containers; there the engine, which runs beside us, would fail to start what asks for it.
 */
function canProtect(): boolean {
  if (process.getuid?.() !== 0) return true // says nothing about the engine
  try {
    const effective = /^CapEff:\s*([0-9a-f]+)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
    return effective === undefined || (BigInt(`0x${effective}`) & (1n << capSysResource)) !== 0n
  } catch {
    return true
  }
}

const lowest = canProtect() ? -1000 : 0

/** `wanted`, or as near to it as this machine allows. */
export function oomScoreOf(wanted: number): number {
  return Math.max(wanted, lowest)
}
