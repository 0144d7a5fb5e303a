import type { DrainFate } from '@quarterdeck/api'

export interface DrainOptions {
  /** Ends pods with an emptyDir, whose data are lost. */
  deleteLocalData: boolean
  /** Ends pods that nothing makes anew. */
  deleteUnmanaged: boolean
}

/** Whether a drain with these options may not begin because of a pod of this fate. */
export function isObstacle(fate: DrainFate, { deleteLocalData, deleteUnmanaged }: DrainOptions): boolean {
  return (fate === 'local-data' && !deleteLocalData) || (fate === 'unmanaged' && !deleteUnmanaged)
}

export function staysPut(fate: DrainFate): boolean {
  return fate === 'daemon-set' || fate === 'static'
}
