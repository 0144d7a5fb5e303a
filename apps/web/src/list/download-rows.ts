import type { KindInfo, RowData } from '@quarterdeck/trpc'

import { downloadText } from '../console/download-text.ts'
import type { UsageByRow, WindowState } from './use-window.ts'

/** Saves rows as CSV with all their columns; CPU in thousandths of a core, memory in bytes. */
export function downloadRows(kind: KindInfo, { rows, usage }: Pick<WindowState, 'rows' | 'usage'>): void {
  const head = ['Namespace', 'Name', ...kind.columns.map((column) => column.name)]
  const lines = [
    head,
    ...rows.map((row) => [
      row.namespace,
      row.name,
      ...kind.columns.map((column, index) => cellText(column, row.cells[index], usage[row.id])),
    ]),
  ]
  downloadText(`${kind.plural}.csv`, lines.map((line) => line.map(quoted).join(',')).join('\r\n'), 'text/csv')
}

function cellText(
  { name, type }: KindInfo['columns'][number],
  cell: RowData['cells'][number] | undefined,
  usage: UsageByRow[string],
): string {
  if (type === 'restarts') return String(cell).split('/')[0]!
  return type === 'usage' ? String((name === 'CPU' ? usage?.cpuMillis : usage?.memoryBytes) ?? '') : String(cell ?? '')
}

/** A cell that a spreadsheet would take for a formula is kept a text. */
function quoted(text: string): string {
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}
