/** Why a plugin turned a Pod away. One object can stand for any number of nodes: plugins make them once. */
export interface Rejection {
  /** As kube-scheduler words them, without the number of nodes: `Insufficient cpu`. */
  readonly reasons: readonly string[]
  /** Whether deleting other Pods of the node could not help. */
  readonly isUnresolvable: boolean
}

export const rejection = (...reasons: string[]): Rejection => ({ reasons, isUnresolvable: false })
export const unresolvable = (...reasons: string[]): Rejection => ({ reasons, isUnresolvable: true })
