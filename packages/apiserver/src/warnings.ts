/** What the warnings of one answer may add up to, and each of them where they are more (as in kube-apiserver), in runes. */
const maxTotalRunes = 4 * 1024
const maxItemRunes = 256

/** Each warning once. Where they are too long together each is cut, and what comes past the limit is left out. */
export function boundedWarnings(warnings: readonly string[]): string[] {
  let kept: string[] = []
  let written = 0
  let isCutting = false
  for (const warning of new Set(warnings)) {
    if (warning === '') continue
    if (isCutting && written >= maxTotalRunes) break
    kept.push(isCutting ? cut(warning) : warning)
    written += runesIn(kept.at(-1)!)
    if (isCutting || written <= maxTotalRunes) continue
    isCutting = true
    kept = kept.map(cut)
    written = kept.reduce((runes, text) => runes + runesIn(text), 0)
  }
  return kept
}

/** As values of the header Warning: UTF-8 as HTTP carries it. Those with control characters cannot be carried. */
export function warningHeaders(warnings: readonly string[]): string[] {
  return boundedWarnings(warnings)
    .filter((text) => !/\p{Cc}/u.test(text))
    .map((text) => Buffer.from(`299 - "${text.replace(/["\\]/g, '\\$&')}"`, 'utf8').toString('latin1'))
}

function cut(text: string): string {
  // A rune has at most two code units.
  return Array.from(text.slice(0, 2 * maxItemRunes))
    .slice(0, maxItemRunes)
    .join('')
}

/** Of a text that is far too long, no more than that it is. */
function runesIn(text: string): number {
  return Array.from(text.slice(0, 2 * maxTotalRunes + 2)).length
}
