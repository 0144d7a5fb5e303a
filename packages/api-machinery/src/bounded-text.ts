/** A text cut to so many characters, with how many are missing: no message repeats a client's megabytes. */
export function boundedText(text: string, maxLength = 1024): string {
  if (text.length <= maxLength) return text
  // Half a surrogate pair is no text.
  const end = isHighSurrogate(text.charCodeAt(maxLength - 1)) ? maxLength - 1 : maxLength
  return `${text.slice(0, end)}… (${text.length - end} more characters)`
}

function isHighSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdbff
}
