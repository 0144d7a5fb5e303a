import { Button, Dialog, IconButton, Input, ToneIcon } from '@quarterdeck/ui'
import { useQuery } from '@tanstack/react-query'
import { Minus, Plus } from 'lucide-react'
import { useState, type FormEvent } from 'react'

import { api } from '../api/trpc.ts'
import type { PendingAction } from './pending-action.ts'
import { reportEach, type AfterReport } from './report.tsx'
import { nameTargets, plain } from './target.ts'

export function ScaleDialog({ action, onClose }: { action: PendingAction; onClose: () => void }) {
  const { kind, targets } = action
  const [text, setText] = useState(String(action.replicas ?? 1))
  const replicas = /^\d{1,6}$/.test(text) ? Number(text) : undefined
  const step = (by: number): void => setText(String(Math.max(0, (replicas ?? 0) + by)))
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (replicas === undefined) return
    onClose()
    const scaleTo = (next: number, after: AfterReport): void => {
      const what = `${nameTargets(kind, targets)}: scaled to ${next}`
      void reportEach(what, () => api.objects.scale.mutate({ targets: plain(targets), replicas: next }), after)
    }
    const before = action.replicas
    scaleTo(replicas, { done: action.done, undo: before === undefined ? undefined : () => scaleTo(before, {}) })
  }
  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Scale ${nameTargets(kind, targets)}`}
      description={action.replicas === undefined ? 'How many replicas each shall have.' : `It has ${action.replicas} now.`}
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="scale" disabled={replicas === undefined}>
            Scale to {replicas ?? '…'}
          </Button>
        </>
      }
    >
      <form id="scale" onSubmit={submit} className="flex items-center gap-2">
        <IconButton look="plain" label="One fewer" onClick={() => step(-1)} disabled={!replicas}>
          <Minus />
        </IconButton>
        <Input
          aria-label="Replicas"
          inputMode="numeric"
          value={text}
          onChange={(event) => setText(event.target.value.trim())}
          className="!w-24 text-center tabular-nums"
          autoFocus
          onFocus={(event) => event.target.select()}
        />
        <IconButton look="plain" label="One more" onClick={() => step(1)}>
          <Plus />
        </IconButton>
      </form>
      {targets.length === 1 && <AutoscalerNote target={plain(targets)[0]!} />}
    </Dialog>
  )
}

/** Says so where an autoscaler would not leave it at that. */
function AutoscalerNote({ target }: { target: ReturnType<typeof plain>[number] }) {
  const { data } = useQuery({ queryKey: ['related', target], queryFn: () => api.objects.related.query(target), staleTime: 0 })
  const autoscaler = data?.find(({ items }) => items[0]?.resource === 'horizontalpodautoscalers.autoscaling')?.items[0]
  return autoscaler ? (
    <p className="mt-3 flex gap-2 text-sm">
      <span className="pt-0.5">
        <ToneIcon tone="warning" />
      </span>
      <span className="min-w-0 break-words">The autoscaler {autoscaler.name} scales it too, and may change this again.</span>
    </p>
  ) : undefined
}
