import type { SchedulingExplanation } from '@quarterdeck/trpc'
import { Panel, ToneIcon } from '@quarterdeck/ui'
import { Lightbulb } from 'lucide-react'

import { Age } from '../console/time.tsx'
import { NodeVerdicts } from './node-verdicts.tsx'

type Pending = Extract<SchedulingExplanation, { state: 'pending' }>
type Suggestion = NonNullable<Pending['changes']>[number]

/** Why a pod waits: what would help first, then the reasons in sum, then every node. */
export function PendingPanel({ namespace, name, explanation }: { namespace: string; name: string; explanation: Pending }) {
  const { changes = [], extenders, summary, attemptedAt, nodeCount } = explanation
  return (
    <Panel
      title="Why it waits for a node"
      actions={
        <span className="text-xs text-muted">
          tried <Age time={attemptedAt} /> ago
        </span>
      }
    >
      {changes.length > 0 && (
        <div className="border-b border-line px-4 py-3">
          <h3 className="mb-1.5 text-xs font-medium text-muted">Any one of these would let it run</h3>
          <ul className="flex flex-col gap-1.5" aria-label="What would help">
            {changes.map((suggestion) => (
              <li key={textOf(suggestion)} className="flex gap-2 text-sm">
                <Lightbulb className="mt-0.5 size-3.5 shrink-0 text-accent" aria-hidden />
                <span className="min-w-0 break-words">
                  {textOf(suggestion)} <span className="text-xs text-muted">{whereOf(suggestion)}</span>
                </span>
              </li>
            ))}
          </ul>
          {extenders.length > 0 && <p className="mt-1.5 text-xs text-muted">As far as the extenders agree: {extenders.join(', ')}</p>}
        </div>
      )}
      <ul className="flex flex-col gap-1 px-4 py-3 text-sm" aria-label="Reasons">
        {summary.map(({ plugin, reasons, nodes }) => (
          <li key={`${plugin} ${reasons.join()}`} className="flex gap-2">
            <span className="pt-0.5">
              <ToneIcon tone="warning" />
            </span>
            <span className="min-w-0 break-words">
              {nodes.toLocaleString()} of {nodeCount.toLocaleString()} {nodeCount === 1 ? 'node' : 'nodes'}: {reasons.join(', ')}{' '}
              <span className="text-xs text-muted">{plugin}</span>
            </span>
          </li>
        ))}
        {summary.length === 0 && nodeCount > 0 && <li className="break-words">{explanation.message}</li>}
        {nodeCount === 0 && <li className="text-muted">There is no node yet: a node appears as soon as its agent connects.</li>}
      </ul>
      {nodeCount > 0 && <NodeVerdicts namespace={namespace} name={name} plugins={[...new Set(summary.map(({ plugin }) => plugin))]} />}
    </Panel>
  )
}

function textOf({ changes }: Suggestion): string {
  const text = changes.map((change) => change.text).join(', and ')
  return `${text[0]?.toUpperCase() ?? ''}${text.slice(1)}`
}

function whereOf({ changes, nodeCount, nodes }: Suggestion): string {
  // What changes a node names it.
  if (changes.some((change) => change.of !== 'pod')) return ''
  const named = nodes.join(', ')
  return `fits on ${nodeCount > nodes.length ? `${named} and ${(nodeCount - nodes.length).toLocaleString()} more` : named}`
}
