import { Button, Dialog, IconButton, Input } from '@quarterdeck/ui'
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
    </Dialog>
  )
}
