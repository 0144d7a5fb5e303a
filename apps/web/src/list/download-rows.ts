import type { KindInfo, RowData } from '@quarterdeck/trpc'

import { downloadText } from '../console/download-text.ts'

/** Saves rows as CSV with all their columns. */
export function downloadRows(kind: KindInfo, rows: readonly RowData[]): void {
  const head = ['Namespace', 'Name', ...kind.columns.map((column) => column.name)]
  const lines = [head, ...rows.map((row) => [row.namespace, row.name, ...row.cells.map((cell) => String(cell ?? ''))])]
  downloadText(`${kind.plural}.csv`, lines.map((line) => line.map(quoted).join(',')).join('\r\n'), 'text/csv')
}

/** A cell that a spreadsheet would take for a formula is kept a text. */
function quoted(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
