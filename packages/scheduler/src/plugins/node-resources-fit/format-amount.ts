const units = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'] as const

/** An amount as people read it: `1.4 CPU`, `512 Mi memory`, `2 example.com/gpu`. `cpu` comes in thousandths. */
export function formatAmount(resource: string, amount: number): string {
  if (resource === 'cpu') return `${round(amount / 1000)} CPU`
  if (resource !== 'memory' && resource !== 'ephemeral-storage') return `${amount} ${resource}`
  let value = amount
  let unit = 0
  while (Math.abs(value) >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${round(value)} ${units[unit] || 'bytes'} ${resource}`
}

const round = (value: number): string => String(Math.round(value * 100) / 100)
