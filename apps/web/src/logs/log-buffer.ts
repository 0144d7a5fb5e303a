import type { LogBatch, LogLine } from '@quarterdeck/trpc'

export interface ShownLine extends LogLine {
  /** Counts up; a line keeps it while others leave. */
  id: number
}

export interface LogState {
  lines: readonly ShownLine[]
  notices: readonly string[]
  nextId: number
}

export const emptyLog: LogState = { lines: [], notices: [], nextId: 0 }

/** The browser keeps this many lines; the oldest leave. */
const maxLines = 50_000
const maxNotices = 5

export function takeBatch(before: LogState, batch: LogBatch): LogState {
  let { nextId } = before
  const added = batch.lines.map((line): ShownLine => ({ ...line, id: nextId++ }))
  const lines = before.lines.length + added.length > maxLines ? [...before.lines, ...added].slice(-maxLines) : [...before.lines, ...added]
  const notices = batch.notices.map(({ pod, container, text }) => (pod ? `${pod} ${container}: ${text}` : text))
  return { lines, notices: notices.length > 0 ? [...new Set([...before.notices, ...notices])].slice(-maxNotices) : before.notices, nextId }
}
