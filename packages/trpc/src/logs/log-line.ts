import type { State } from '../state/state.ts'

/** One line that a container wrote. */
export interface LogLine {
  pod: string
  container: string
  /** When the node took it down: RFC 3339 in UTC with nine digits of a second, so that texts are in the order of time. '' if not known. */
  time: string
  text: string
}

/** A container whose log has not begun, or goes on only when it starts again. */
export interface LogWait {
  pod: string
  container: string
  state: State
}

/** What came in since the batch before. */
export interface LogBatch {
  /** In order of time; one that came late belongs among those of earlier batches. */
  lines: LogLine[]
  /** All that wait now, where that changed. */
  waits?: LogWait[] | undefined
  /** How many pods there are, where that changed. */
  podCount?: number | undefined
  /** What a reader should know and no container wrote: a pod that joined, a log that can't be read. */
  notices: { pod: string; container: string; text: string }[]
}

/** A longer line is cut, so that one container can't fill the memory. */
export const maxLineLength = 16_384

/** Splits what a container's log with timestamps gives into lines. Holds at most one unfinished line. */
export class LineReader {
  readonly #decoder = new TextDecoder()
  #rest = ''

  /** The lines completed by a chunk. */
  read(chunk: Uint8Array): { time: string; text: string }[] {
    const parts = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split('\n')
    this.#rest = (parts.pop() ?? '').slice(0, maxLineLength + 40)
    return parts.map(parseLine)
  }

  /** The last line, if the log ended without a line break. */
  end(): { time: string; text: string }[] {
    const rest = this.#rest + this.#decoder.decode()
    this.#rest = ''
    return rest ? [parseLine(rest)] : []
  }
}

function parseLine(line: string): { time: string; text: string } {
  const space = line.indexOf(' ')
  const time = line.slice(0, space)
  if (space < 20 || !/^\d{4}-\d\d-\d\dT/.test(time)) return { time: '', text: cut(line) }
  return { time: inNanoseconds(time), text: cut(line.slice(space + 1)) }
}

function inNanoseconds(time: string): string {
  if (time.length === 30 && time.endsWith('Z')) return time
  const [, seconds, fraction = '', zone] = /^(.{19})(?:\.(\d+))?(Z|[+-]\d\d:\d\d)$/.exec(time) ?? []
  if (!seconds || !zone) return ''
  const utc = zone === 'Z' ? seconds : new Date(`${seconds}${zone}`).toISOString().slice(0, 19)
  return `${utc}.${fraction.padEnd(9, '0').slice(0, 9)}Z`
}

function cut(text: string): string {
  const line = text.endsWith('\r') ? text.slice(0, -1) : text
  return line.length > maxLineLength ? `${line.slice(0, maxLineLength)}…` : line
}
