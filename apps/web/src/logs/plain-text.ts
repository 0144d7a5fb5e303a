// Colours and cursor movements that programs write for terminals (ECMA-48).
// oxlint-disable-next-line no-control-regex
const controlSequences = /\u001B\[[0-9;?]*[ -/]*[@-~]|\u001B\][^\u0007]*(?:\u0007|\u001B\\)|[\u0000-\u0008\u000B-\u001F\u007F]/g

/** A line without what only a terminal understands. */
export function plainText(line: string): string {
  return line.replace(controlSequences, '')
}
