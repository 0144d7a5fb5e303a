/** One figure of a metric. */
export interface Sample {
  labels: Readonly<Record<string, string>>
  value: number
}

/** By name of the metric; a histogram is three of them (`_bucket`, `_sum`, `_count`). */
export type Metrics = ReadonlyMap<string, readonly Sample[]>

const line = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})?\s+(\S+)/
const label = /([a-zA-Z_]\w*)="((?:[^"\\]|\\.)*)"/g
const escapes: Readonly<Record<string, string>> = { '\\n': '\n', '\\"': '"', '\\\\': '\\' }

/** Reads the text format of Prometheus; lines that are none are left out. */
export function parsePrometheus(text: string): Metrics {
  const metrics = new Map<string, Sample[]>()
  for (const each of text.split('\n')) {
    const [, name, labelText = '', number] = (each.startsWith('#') ? null : line.exec(each)) ?? []
    if (name === undefined) continue
    const value = number === '+Inf' ? Infinity : number === '-Inf' ? -Infinity : Number(number)
    const labels: Record<string, string> = {}
    for (const [, key = '', quoted = ''] of labelText.matchAll(label))
      labels[key] = quoted.replace(/\\[n"\\]/g, (escape) => escapes[escape]!)
    const known = metrics.get(name)
    if (known) known.push({ labels, value })
    else metrics.set(name, [{ labels, value }])
  }
  return metrics
}

type Wanted = Readonly<Record<string, string>>

/** The sum of a metric's figures that have these labels; 0 where there is none. */
export function sumOf(metrics: Metrics, name: string, wanted: Wanted = {}): number {
  let sum = 0
  for (const { labels, value } of metrics.get(name) ?? []) if (hasLabels(labels, wanted)) sum += value
  return sum
}

/** The values that a label has in a metric, each once. */
export function valuesOf(metrics: Metrics, name: string, key: string): string[] {
  return [...new Set((metrics.get(name) ?? []).flatMap(({ labels }) => labels[key] ?? []))]
}

export function hasLabels(labels: Wanted, wanted: Wanted): boolean {
  for (const key in wanted) if (labels[key] !== wanted[key]) return false
  return true
}
