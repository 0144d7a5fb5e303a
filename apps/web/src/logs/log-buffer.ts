import type { LogBatch, LogLine, LogWait } from '@quarterdeck/trpc'

import { isContinuation, levelOf, type LogLevel } from './log-level.ts'
import { plainText } from './plain-text.ts'

export interface ShownLine extends LogLine {
  /** A line keeps it while others come and leave. */
  id: number
  /** Without what only a terminal understands. */
  plain: string
  level: LogLevel | undefined
}

export interface LogState {
  /** In order of time. */
  lines: readonly ShownLine[]
  notices: readonly string[]
  /** What does not run, and why; undefined before that is known. */
  waits: readonly LogWait[] | undefined
  podCount: number | undefined
  /** Pods by when they were first seen: each has a colour of its own. */
  pods: ReadonlyMap<string, number>
  nextId: number
}

export const emptyLog: LogState = { lines: [], notices: [], waits: undefined, podCount: undefined, pods: new Map(), nextId: 0 }

/** The browser keeps this many lines; the oldest leave. */
const maxLines = 50_000
const maxNotices = 5

/** Takes what came in: a line that came late goes to its place, one that came before is not shown twice. */
export function takeBatch(before: LogState, batch: LogBatch): LogState {
  const notices = batch.notices.map(({ pod, container, text }) => (pod ? `${pod} ${container}: ${text}` : text))
  const added = shownLines(batch.lines, before)
  return {
    ...before,
    lines: merged(before.lines, added).slice(-maxLines),
    nextId: before.nextId + added.length,
    pods: withPods(before.pods, batch.lines),
    notices: notices.length > 0 ? [...new Set([...before.notices, ...notices])].slice(-maxNotices) : before.notices,
    waits: batch.waits ?? before.waits,
    podCount: batch.podCount ?? before.podCount,
  }
}

function shownLines(lines: readonly LogLine[], { nextId, lines: known }: LogState): ShownLine[] {
  const lastOf = new Map<string, ShownLine>()
  let lastTime = known.at(-1)?.time ?? ''
  return lines.map((line, index) => {
    const plain = plainText(line.text)
    const source = `${line.pod}/${line.container}`
    // One without a time belongs where it came.
    lastTime = line.time || lastTime
    const level = levelOf(plain) ?? (isContinuation(plain) ? lastOf.get(source)?.level : undefined)
    const shown = { ...line, time: lastTime, id: nextId + index, plain, level }
    lastOf.set(source, shown)
    return shown
  })
}

/** Both are in order of time; nearly always all that is added comes last. */
function merged(lines: readonly ShownLine[], added: readonly ShownLine[]): ShownLine[] {
  const first = added[0]
  if (!first) return [...lines]
  const from = placeOf(lines, first.time)
  const result = lines.slice(0, from)
  let next = from
  for (const line of added) {
    while (next < lines.length && lines[next]!.time <= line.time) result.push(lines[next++]!)
    if (!isTold(result, line)) result.push(line)
  }
  while (next < lines.length) result.push(lines[next++]!)
  return result
}

/** Where lines later than `time` begin. */
function placeOf(lines: readonly ShownLine[], time: string): number {
  if ((lines.at(-1)?.time ?? '') <= time) return lines.length
  let low = 0
  let high = lines.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (lines[middle]!.time <= time) low = middle + 1
    else high = middle
  }
  return low
}

/** Whether the same line of the same container and time is among the last. */
function isTold(lines: readonly ShownLine[], { time, pod, container, text }: ShownLine): boolean {
  for (let index = lines.length - 1; index >= 0 && lines[index]!.time === time; index--) {
    const line = lines[index]!
    if (line.pod === pod && line.container === container && line.text === text) return true
  }
  return false
}

function withPods(pods: LogState['pods'], lines: readonly LogLine[]): LogState['pods'] {
  const fresh = new Set(lines.map(({ pod }) => pod).filter((pod) => !pods.has(pod)))
  return fresh.size > 0 ? new Map([...pods, ...[...fresh].map((pod, index) => [pod, pods.size + index] as const)]) : pods
}
