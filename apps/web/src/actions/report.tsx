import { toast } from 'sonner'

import { isUnanswered, messageOf } from '../api/trpc.ts'

interface Result {
  target: { name: string }
  error?: { message?: string; details?: { causes?: { message?: string }[] } } | undefined
}

export interface AfterReport {
  /** Runs when all was done. */
  done?: (() => void) | undefined
  /** Offered beside the message. */
  undo?: (() => void) | undefined
}

/** Does something to several objects and says what came of it; one that fails does not hide the others. */
export async function reportEach(what: string, act: () => Promise<readonly Result[]>, { done, undo }: AfterReport = {}): Promise<void> {
  try {
    const results = await act()
    const failed = results.filter((result) => result.error)
    if (failed.length === 0) {
      toast.success(what, undo ? { action: { label: 'Undo', onClick: undo } } : {})
      done?.()
      return
    }
    const reasons = [...new Set(failed.map(reasonOf))].slice(0, 3).join('\n')
    const counted = results.length > 1 ? ` (${failed.length} of ${results.length})` : ''
    toast.error(`Not done${counted}: ${what}`, { description: reasons, duration: 12_000 })
  } catch (error) {
    toast.error(`${isUnanswered(error) ? 'Not known whether done' : 'Not done'}: ${what}`, {
      description: messageOf(error),
      duration: 12_000,
    })
  }
}

/** With what a disruption budget or a validation says in detail, where it says more. */
function reasonOf({ error }: Result): string {
  const message = error?.message ?? 'unknown error'
  const causes = (error?.details?.causes ?? []).flatMap((cause) => cause.message ?? []).filter((cause) => !message.includes(cause))
  return [message, ...causes].join(' ')
}
