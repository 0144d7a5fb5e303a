/** The values of one field of a schedule. */
export interface CronField {
  values: ReadonlySet<number>
  /** Written as `*` or `?`: it restricts nothing. */
  isAny: boolean
}

export interface FieldRange {
  min: number
  max: number
  names?: readonly string[]
}

/** Parses `*`, `?`, `5`, `1-5`, `*` with a step, `5/10` (from 5 on), names, and lists of these. Throws Error worded as Kubernetes words it. */
export function parseCronField(text: string, range: FieldRange): CronField {
  const values = new Set<number>()
  let isAny = false
  for (const part of text.split(',').filter(Boolean)) {
    const { from, to, step, isStar } = parsePart(part, range)
    for (let value = from; value <= to; value += step) values.add(value)
    isAny ||= isStar && step === 1
  }
  return { values, isAny }
}

interface Part {
  from: number
  to: number
  step: number
  isStar: boolean
}

function parsePart(part: string, range: FieldRange): Part {
  const [span = '', stepText, ...moreSteps] = part.split('/')
  const [low = '', high, ...moreBounds] = span.split('-')
  const isStar = low === '*' || low === '?'
  if (!isStar && moreBounds.length > 0) throw new Error(`too many hyphens: ${part}`)
  const from = isStar ? range.min : numberOrName(low, range)
  let to = isStar ? range.max : high === undefined ? from : numberOrName(high, range)
  if (moreSteps.length > 0) throw new Error(`too many slashes: ${part}`)
  const step = stepText === undefined ? 1 : wholeNumber(stepText)
  if (stepText !== undefined && high === undefined) to = range.max
  if (from < range.min) throw new Error(`beginning of range (${from}) below minimum (${range.min}): ${part}`)
  if (to > range.max) throw new Error(`end of range (${to}) above maximum (${range.max}): ${part}`)
  if (from > to) throw new Error(`beginning of range (${from}) beyond end of range (${to}): ${part}`)
  if (step === 0) throw new Error(`step of range should be a positive number: ${part}`)
  return { from, to, step, isStar }
}

function numberOrName(text: string, { names, min }: FieldRange): number {
  const index = names?.indexOf(text.toLowerCase()) ?? -1
  return index >= 0 ? index + min : wholeNumber(text)
}

function wholeNumber(text: string): number {
  if (/^-\d+$/.test(text)) throw new Error(`negative number (${Number(text)}) not allowed: ${text}`)
  if (!/^\+?\d+$/.test(text))
    throw new Error(`failed to parse int from ${text}: strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`)
  return Number(text)
}
