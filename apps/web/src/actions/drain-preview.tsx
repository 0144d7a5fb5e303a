import type { DrainPreview } from '@quarterdeck/trpc'
import { Problem, Spinner, type Tone } from '@quarterdeck/ui'
import { useQuery } from '@tanstack/react-query'
import { Fragment } from 'react'

import { api } from '../api/trpc.ts'
import { Link } from '../console/navigation.tsx'

export type DrainFate = DrainPreview['pods'][number]['fate']

const fates: Record<DrainFate, { text: string; tone: Tone }> = {
  goes: { text: 'is evicted', tone: 'neutral' },
  'daemon-set': { text: 'stays: its DaemonSet would put it back', tone: 'neutral' },
  static: { text: 'stays: the node itself runs it', tone: 'neutral' },
  'local-data': { text: 'loses the data of its emptyDir', tone: 'warning' },
  unmanaged: { text: 'does not come back: no controller owns it', tone: 'warning' },
}

/** What becomes of the pods at once, and what their budgets say when these have been asked. */
export function usePreview(name: string): { preview: DrainPreview | undefined; error: Error | null } {
  const [quick, whole] = [false, true].map((withBudgets) => ({
    queryKey: ['drain', name, withBudgets],
    queryFn: () => api.nodes.drainPreview.query({ name, withBudgets }),
    staleTime: 0,
  }))
  const first = useQuery(quick!)
  const second = useQuery(whole!)
  return { preview: second.data ?? first.data, error: first.error ?? second.error }
}

/** A pod as the list of the dialog shows it. */
export function previewLine({ refusal, ...pod }: DrainPreview['pods'][number]) {
  if (!refusal) return { ...pod, ...fates[pod.fate], message: undefined, isKept: false }
  const { budgets, message } = refusal
  const text = `kept by ${budgets.length > 1 ? 'budgets' : 'budget'} ${budgets.join(', ')}`
  return { ...pod, text, tone: 'bad' as const, message, isKept: true }
}

/** Says before it begins that a drain would not end, and because of which budgets. */
export function Budgets({ preview: { pods, budgets } }: { preview: DrainPreview }) {
  if (budgets.state === 'not asked') return <Spinner label="Asking the disruption budgets" className="mb-3" />
  if (budgets.state === 'unknown')
    return <p className="mb-3 text-sm text-muted">Whether disruption budgets allow it is not known: {budgets.reason}.</p>
  const kept = pods.filter(({ refusal }) => refusal)
  if (kept.length === 0) return undefined
  const names = [...new Set(kept.flatMap(({ namespace, refusal }) => refusal!.budgets.map((name) => `${namespace}/${name}`)))]
  return (
    <div className="mb-3">
      <Problem title="It would not end by itself">
        {kept.length === 1 ? 'One pod is' : `${kept.length.toLocaleString()} pods are`} kept by{' '}
        {names.map((name, index) => (
          <Fragment key={name}>
            {index > 0 && ', '}
            <Link href={`/poddisruptionbudgets.policy/${name}`} className="font-medium underline">
              {name}
            </Link>
          </Fragment>
        ))}
        . The drain waits until {names.length > 1 ? 'they allow' : 'it allows'} an eviction.
      </Problem>
    </div>
  )
}
