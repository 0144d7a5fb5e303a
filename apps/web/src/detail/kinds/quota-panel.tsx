import type { V1ResourceQuota } from '@quarterdeck/api'
import { Meter, Panel } from '@quarterdeck/ui'

import { numberOf } from '../../console/units.ts'

/** What is used of what is allowed, a bar for each resource. */
export function QuotaPanel({ object: { spec, status } }: { object: V1ResourceQuota }) {
  const hard = status?.hard ?? spec?.hard ?? {}
  const names = Object.keys(hard).toSorted()
  return (
    <Panel title="Used of what is allowed">
      {names.length === 0 && <p className="px-4 py-3 text-sm text-muted">It limits nothing.</p>}
      <div className="grid gap-x-8 gap-y-4 p-4 empty:hidden md:grid-cols-2">
        {names.map((name) => {
          const [used, allowed] = [status?.used?.[name], hard[name]!]
          return (
            <Meter
              key={name}
              label={name}
              value={numberOf(used ?? '0')}
              max={numberOf(allowed)}
              text={used === undefined ? `not counted yet, ${allowed} allowed` : `${used} of ${allowed}`}
            />
          )
        })}
      </div>
    </Panel>
  )
}
