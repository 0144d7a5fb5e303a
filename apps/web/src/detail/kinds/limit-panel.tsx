import type { V1LimitRange } from '@quarterdeck/api'
import { Panel } from '@quarterdeck/ui'

const columns = [
  ['min', 'At least'],
  ['max', 'At most'],
  ['defaultRequest', 'Requested if not said'],
  ['default', 'Limit if not said'],
  ['maxLimitRequestRatio', 'Limit per request'],
] as const

type Amounts = Record<string, string> | undefined

/** What containers, pods and claims may ask for, a line for each resource. */
export function LimitPanel({ object }: { object: V1LimitRange }) {
  const lines = (object.spec?.limits ?? []).flatMap((limit) => {
    const amounts = limit as unknown as Record<string, Amounts>
    const of = (field: string): Amounts => amounts[field]
    const names = new Set(columns.flatMap(([field]) => Object.keys(of(field) ?? {})))
    return [...names].toSorted().map((name) => ({ type: limit.type, name, cells: columns.map(([field]) => of(field)?.[name]) }))
  })
  return (
    <Panel title="Limits">
      {lines.length === 0 && <p className="px-4 py-3 text-sm text-muted">It limits nothing.</p>}
      {lines.length > 0 && (
        <div className="overflow-x-auto" role="region" aria-label="Limits" tabIndex={0}>
          <table className="w-full text-sm">
            <thead>
              <tr className="border-b border-line text-left text-xs text-muted">
                {['Of a', 'Resource', ...columns.map(([, title]) => title)].map((title) => (
                  <th key={title} scope="col" className="px-4 py-2 font-medium whitespace-nowrap">
                    {title}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {lines.map(({ type, name, cells }) => (
                <tr key={`${type}/${name}`} className="border-b border-line/70 last:border-0">
                  <td className="px-4 py-2">{type}</td>
                  <th scope="row" className="px-4 py-2 text-left font-medium">
                    {name}
                  </th>
                  {cells.map((cell, index) => (
                    <td key={columns[index]![0]} className="px-4 py-2 tabular-nums">
                      {cell ?? <span className="text-faint">–</span>}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </Panel>
  )
}
