export type ReconcileOutcome = 'success' | 'requeue_after' | 'error' | 'terminal_error'

/** What the runtime tells of its work. The process decides how to expose it. */
export interface RuntimeMetrics {
  queueAdded(queue: string): void
  queueRetried(queue: string): void
  queueDepth(queue: string, depth: number): void
  /** Seconds a key waited before its reconcile began. */
  queueWaited(queue: string, seconds: number): void
  reconciled(controller: string, outcome: ReconcileOutcome, seconds: number): void
  leading(lease: string, isLeader: boolean): void
}

const nothing = (): void => {}

export const noMetrics: RuntimeMetrics = {
  queueAdded: nothing,
  queueRetried: nothing,
  queueDepth: nothing,
  queueWaited: nothing,
  reconciled: nothing,
  leading: nothing,
}
