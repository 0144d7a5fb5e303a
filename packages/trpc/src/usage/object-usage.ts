import { nodes, type Kind } from '@quarterdeck/api'
import type { KubeObject } from '@quarterdeck/api-machinery'

import type { PodUse, Usage, UsageBoard } from './usage-board.ts'

/** What an object uses now; of a pod, each container too. */
export type ObjectUsage = Usage & Partial<Pick<PodUse, 'containers'>>

/** Null while it is not known. */
export function objectUsageOf(board: UsageBoard, kind: Kind, { metadata }: KubeObject): ObjectUsage | null {
  return (kind.resource === nodes.resource ? board.ofNode(metadata.name) : board.ofPod(metadata.uid)) ?? null
}
