import type { V1PersistentVolumeClaim } from '@quarterdeck/api'
import { Button, Dialog, Field, Spinner } from '@quarterdeck/ui'
import { useQuery } from '@tanstack/react-query'
import { useState, type FormEvent } from 'react'
import { toast } from 'sonner'

import { api, messageOf } from '../api/trpc.ts'
import type { PendingAction } from './pending-action.ts'
import { nameTargets, plain } from './target.ts'

/** Asks for a new size; what is wrong with it, the server says, below it. */
export function ResizeDialog({ action: { kind, targets }, onClose }: { action: PendingAction; onClose: () => void }) {
  const target = plain(targets)[0]!
  const { data } = useQuery({ queryKey: ['object', target], queryFn: () => api.objects.get.query(target), staleTime: 0 })
  const claim = data?.object as V1PersistentVolumeClaim | undefined
  const size = claim?.spec?.resources?.requests?.['storage'] ?? ''
  const [text, setText] = useState<string>()
  const [problem, setProblem] = useState<string>()
  const [isBusy, setIsBusy] = useState(false)
  const storage = (text ?? size).trim()

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault()
    setIsBusy(true)
    try {
      const { from, to } = await api.claims.resize.mutate({ namespace: target.namespace, name: target.name, storage })
      toast.success(`${nameTargets(kind, targets)}: grows from ${from} to ${to}`)
      onClose()
    } catch (error) {
      setProblem(messageOf(error))
    } finally {
      setIsBusy(false)
    }
  }

  return (
    <Dialog
      isOpen
      onClose={onClose}
      title={`Resize ${nameTargets(kind, targets)}`}
      description="A claim can grow, never shrink. Its volume grows with it; pods that use it go on."
      footer={
        <>
          <Button onClick={onClose}>Cancel</Button>
          <Button look="primary" type="submit" form="resize" disabled={isBusy || storage === '' || storage === size}>
            Resize
          </Button>
        </>
      }
    >
      {claim ? (
        <form id="resize" onSubmit={(event) => void submit(event)}>
          <Field
            label="Size"
            hint={`It asks for ${size} and has ${claim.status?.capacity?.['storage'] ?? 'nothing yet'}. Write 20Gi, 500Mi, 1Ti …`}
            error={problem}
            value={text ?? size}
            onChange={(event) => {
              setText(event.target.value)
              setProblem(undefined)
            }}
            autoFocus
            onFocus={(event) => event.target.select()}
          />
        </form>
      ) : (
        <Spinner />
      )}
    </Dialog>
  )
}
