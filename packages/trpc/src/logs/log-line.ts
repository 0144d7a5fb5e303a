/** One line that a container wrote. */
export interface LogLine {
  pod: string
  container: string
  /** RFC 3339 with up to nanoseconds, as the node took it down. */
  time: string
  text: string
}

/** What came in since the batch before. */
export interface LogBatch {
  lines: LogLine[]
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
  return { time, text: cut(line.slice(space + 1)) }
}

function cut(text: string): string {
  const line = text.endsWith('\r') ? text.slice(0, -1) : text
  return line.length > maxLineLength ? `${line.slice(0, maxLineLength)}…` : line
}
