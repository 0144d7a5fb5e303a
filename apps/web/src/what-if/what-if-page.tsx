import { Button, EmptyState, IconButton, Panel, Problem, Spinner } from '@quarterdeck/ui'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { FlaskConical, RotateCw, X } from 'lucide-react'

import { api, messageOf } from '../api/trpc.ts'
import { navigate, useLocation } from '../console/navigation.tsx'
import { useTitle } from '../console/use-title.ts'
import { AnswerView } from './answer-view.tsx'
import { StepForm } from './step-form.tsx'
import { stepsIn, stepText, whatIfHref, type WhatIfStep } from './steps.ts'

/** What would happen, worked out by the scheduler itself on a copy of the cluster. */
export function WhatIfPage() {
  useTitle('What if')
  const steps = stepsIn(useLocation().parameters)
  const { data, error, isFetching, refetch } = useQuery({
    queryKey: ['what-if', JSON.stringify(steps)],
    queryFn: () => api.scheduling.whatIf.query({ steps }),
    enabled: steps.length > 0,
    placeholderData: keepPreviousData,
    staleTime: 0,
    retry: false,
  })
  const show = (next: readonly WhatIfStep[]): void => navigate(whatIfHref(next), { replace: true })
  return (
    <div className="flex min-h-0 flex-1 flex-col gap-3 overflow-auto p-3 sm:gap-4 sm:p-5">
      <header className="flex flex-wrap items-center gap-3">
        <div className="min-w-0 flex-1">
          <h1 className="text-lg font-semibold">What if</h1>
          <p className="text-sm text-muted">The scheduler answers on a copy of the cluster. Nothing is done.</p>
        </div>
        {isFetching && <Spinner label="Working it out" />}
        {steps.length > 0 && (
          <Button onClick={() => void refetch()} disabled={isFetching}>
            <RotateCw aria-hidden /> Ask again
          </Button>
        )}
      </header>
      <Panel title="Steps, one after the other">
        {steps.length > 0 && (
          <ol className="divide-y divide-line" aria-label="Steps">
            {steps.map((step, index) => (
              <li key={`${index} ${stepText(step)}`} className="flex items-center gap-3 px-4 py-1.5 text-sm">
                <span className="w-4 shrink-0 text-right text-xs text-muted tabular-nums">{index + 1}</span>
                <span className="min-w-0 flex-1 break-words">{stepText(step)}</span>
                <IconButton label={`Leave out: ${stepText(step)}`} size="small" onClick={() => show(steps.toSpliced(index, 1))}>
                  <X />
                </IconButton>
              </li>
            ))}
          </ol>
        )}
        <StepForm isFirst={steps.length === 0} onAdd={(step) => show([...steps, step])} />
      </Panel>
      {error && <Problem title="There is no answer">{messageOf(error)}</Problem>}
      {steps.length === 0 ? (
        <EmptyState icon={FlaskConical} title="Nothing asked yet">
          <p>Add a step, or choose “What if…” in the menu of a node or a workload.</p>
        </EmptyState>
      ) : (
        data && !error && <AnswerView answer={data} />
      )}
    </div>
  )
}
