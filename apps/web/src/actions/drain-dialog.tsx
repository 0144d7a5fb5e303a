import type { DrainProgress } from '@quarterdeck/trpc'
import { Button, Checkbox, Dialog, Problem, Spinner, ToneIcon, type Tone } from '@quarterdeck/ui'
import { useEffect, useState } from 'react'

import { api, messageOf } from '../api/trpc.ts'
import { Link } from '../console/navigation.tsx'
import { whatIfHref } from '../what-if/steps.ts'
import { Budgets, previewLine, usePreview, type DrainFate } from './drain-preview.tsx'
import type { PendingAction } from './pending-action.ts'

const steps: Record<DrainProgress['pods'][number]['step'], { text: string; tone: Tone }> = {
  waiting: { text: 'waits', tone: 'neutral' },
  refused: { text: 'kept by its budget, tried again', tone: 'warning' },
  going: { text: 'going', tone: 'progress' },
  gone: { text: 'gone', tone: 'good' },
  failed: { text: 'failed', tone: 'bad' },
}

/** What holds a drain up stands first. */
const stepOrder: readonly string[] = ['refused', 'failed', 'going', 'waiting', 'gone']

/** Says what a drain would do, does it when told to, and shows how far it is. */
export function DrainDialog({ action: { targets }, onClose }: { action: PendingAction; onClose: () => void }) {
  const { name } = targets[0]!
  const { preview, error } = usePreview(name)
  const [deleteLocalData, setDeleteLocalData] = useState(false)
  const [deleteUnmanaged, setDeleteUnmanaged] = useState(false)
  const [isRunning, setIsRunning] = useState(false)
  const { progress, problem } = useDrain(isRunning ? { name, deleteLocalData, deleteUnmanaged } : undefined)
  const has = (fate: DrainFate): boolean => preview?.pods.some((pod) => pod.fate === fate) ?? false
  const isAllowed = (deleteLocalData || !has('local-data')) && (deleteUnmanaged || !has('unmanaged'))
  const lines = progress
    ? progress.pods.map((pod) => ({ ...pod, ...steps[pod.step] })).toSorted((a, b) => stepOrder.indexOf(a.step) - stepOrder.indexOf(b.step))
    : (preview?.pods.map(previewLine) ?? []).toSorted((a, b) => Number(b.isKept) - Number(a.isKept))
  const gone = progress?.pods.filter(({ step }) => step === 'gone').length ?? 0

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={progress?.isDone ? `Node ${name} is drained` : isRunning ? `Draining node ${name}` : `Drain node ${name}?`}
      description={
        isRunning
          ? `${gone} of ${progress?.pods.length ?? '…'} pods have gone. It takes no new pods; it stops when you close this, and can be taken up again.`
          : 'It takes no new pods from then on, and its pods are evicted one after the other, as their disruption budgets allow.'
      }
      width="wide"
      footer={
        isRunning ? (
          <Button look={progress?.isDone ? 'primary' : 'plain'} onClick={onClose}>
            {progress?.isDone || problem ? 'Close' : 'Stop'}
          </Button>
        ) : (
          <>
            <Button onClick={onClose}>Cancel</Button>
            <Button look="primary" disabled={!preview || !isAllowed} onClick={() => setIsRunning(true)}>
              Drain
            </Button>
          </>
        )
      }
    >
      {!preview && !error && <Spinner label="Looking at its pods" />}
      {(problem ?? error) && <Problem title="It can’t be drained">{problem ?? messageOf(error)}</Problem>}
      {!isRunning && (
        <div className="mb-3 flex flex-col gap-2 empty:hidden">
          {has('local-data') && (
            <Choice isChecked={deleteLocalData} onChange={setDeleteLocalData} label="Also evict pods whose emptyDir data are then lost" />
          )}
          {has('unmanaged') && (
            <Choice isChecked={deleteUnmanaged} onChange={setDeleteUnmanaged} label="Also evict pods that no controller makes anew" />
          )}
        </div>
      )}
      {progress && progress.pods.length > 0 && (
        <div
          role="progressbar"
          aria-label="Pods that have gone"
          aria-valuemin={0}
          aria-valuemax={progress.pods.length}
          aria-valuenow={gone}
          className="mb-3 h-1.5 overflow-hidden rounded-full bg-hover"
        >
          <div className="h-full bg-accent transition-[width]" style={{ width: `${(gone / progress.pods.length) * 100}%` }} />
        </div>
      )}
      {!isRunning && (
        <p className="mb-3 text-sm">
          <Link href={whatIfHref([{ action: 'drain', node: name }])} onClick={onClose} className="text-accent hover:underline">
            See where its pods would land
          </Link>
        </p>
      )}
      {!isRunning && preview && <Budgets preview={preview} />}
      {preview && lines.length === 0 && <p className="text-sm text-muted">No pod is on it.</p>}
      <ul className="divide-y divide-line text-sm" aria-label="Pods of the node">
        {lines.map(({ namespace, name: podName, text, tone, message }) => (
          <li key={`${namespace}/${podName}`} className="grid gap-x-3 py-1.5 sm:grid-cols-[minmax(0,1fr)_auto]">
            <span className="min-w-0 truncate font-mono text-xs leading-5">
              <span className="text-muted">{namespace}/</span>
              {podName}
            </span>
            <span className="flex items-center gap-1.5">
              <ToneIcon tone={tone} /> {text}
            </span>
            {message && <span className="text-xs text-muted sm:col-span-2">{message}</span>}
          </li>
        ))}
      </ul>
    </Dialog>
  )
}

function Choice({ label, isChecked, onChange }: { label: string; isChecked: boolean; onChange: (next: boolean) => void }) {
  return (
    <span className="flex items-center gap-2 text-sm">
      <Checkbox label={label} isChecked={isChecked} onChange={onChange} />
      <button type="button" tabIndex={-1} aria-hidden className="cursor-pointer text-left" onClick={() => onChange(!isChecked)}>
        {label}
      </button>
    </span>
  )
}

/** Drains while `options` are given and the caller is there. */
function useDrain(options: { name: string; deleteLocalData: boolean; deleteUnmanaged: boolean } | undefined): {
  progress: DrainProgress | undefined
  problem: string | undefined
} {
  const [progress, setProgress] = useState<DrainProgress>()
  const [problem, setProblem] = useState<string>()
  const key = options && JSON.stringify(options)
  useEffect(() => {
    if (!key) return undefined
    const subscription = api.nodes.drain.subscribe(JSON.parse(key) as { name: string }, {
      onData: (next) => {
        setProblem(undefined)
        setProgress(next)
      },
      onError: (error) => setProblem(messageOf(error)),
    })
    return () => subscription.unsubscribe()
  }, [key])
  return { progress, problem }
}
