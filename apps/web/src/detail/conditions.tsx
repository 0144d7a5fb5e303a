import { Panel, ToneIcon, type Tone } from '@quarterdeck/ui'

import { Age } from '../console/time.tsx'
import type { Condition } from './any-object.ts'

/** Conditions that are bad news when they are true. */
const unwanted = /Pressure$|Unavailable$|Failure$|Failed$|Target$/

/** Conditions that hold something up for the time being, as somebody wanted it. */
const holdingUp = /^Suspended$|^ScalingLimited$|^Resize/

function toneOf({ type, status }: Condition): Tone {
  if (status === 'Unknown') return 'warning'
  const isTrue = status === 'True'
  if (unwanted.test(type)) return isTrue ? 'bad' : 'good'
  if (holdingUp.test(type)) return isTrue ? 'warning' : 'good'
  return isTrue ? 'good' : 'warning'
}

export function Conditions({ conditions }: { conditions: readonly Condition[] }) {
  return (
    <Panel title="Conditions">
      <ul className="divide-y divide-line">
        {conditions.map((condition) => (
          <li key={condition.type} className="px-4 py-2 text-sm">
            <div className="flex items-center gap-2">
              <ToneIcon tone={toneOf(condition)} />
              <span className="font-medium">{condition.type}</span>
              <span className="text-muted">{condition.status}</span>
              <span className="ml-auto text-xs text-muted">
                <Age time={condition.lastTransitionTime} />
              </span>
            </div>
            {(condition.message || condition.reason) && (
              <p className="mt-0.5 pl-5.5 text-xs break-words text-muted">{condition.message || condition.reason}</p>
            )}
          </li>
        ))}
      </ul>
    </Panel>
  )
}
