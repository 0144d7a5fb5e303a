import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Extender } from '../framework/extender.ts'
import { rejection, unresolvable, type Rejection } from '../framework/rejection.ts'

export interface ExtenderAnswers {
  right: readonly NodeInfo[]
  /** Sums by node name. */
  scores: ReadonlyMap<string, number>
  failed: readonly { node: NodeInfo; extender: string; rejection: Rejection }[]
}

/** Asks one extender after the other, each about the nodes that the ones before left. Rejects if one fails that isn't ignorable. */
export async function askExtenders(pod: PodInfo, extenders: readonly Extender[], nodes: readonly NodeInfo[]): Promise<ExtenderAnswers> {
  const failed: { node: NodeInfo; extender: string; rejection: Rejection }[] = []
  let right = nodes
  for (const extender of extenders) {
    if (!extender.filters || right.length === 0) continue
    const answer = await extender.filter(pod, right).catch((error: unknown) => {
      if (extender.isIgnorable) return undefined
      throw error
    })
    if (!answer) continue
    for (const node of right) {
      const why = answer.failed.get(node.name)
      if (answer.nodeNames.has(node.name)) continue
      const reason = why?.reason || `node(s) didn't satisfy extender ${extender.name}`
      failed.push({ node, extender: extender.name, rejection: why?.isUnresolvable ? unresolvable(reason) : rejection(reason) })
    }
    right = right.filter(({ name }) => answer.nodeNames.has(name))
  }
  return { right, failed, scores: right.length > 1 ? await scoresOf(pod, extenders, right) : new Map() }
}

/** An extender that fails to compare nodes is passed over: any of them is right. */
async function scoresOf(pod: PodInfo, extenders: readonly Extender[], nodes: readonly NodeInfo[]): Promise<ReadonlyMap<string, number>> {
  const totals = new Map<string, number>()
  const asked = extenders.filter(({ prioritizes }) => prioritizes)
  const answers = await Promise.all(asked.map((extender) => extender.prioritize(pod, nodes).catch(() => new Map<string, number>())))
  for (const scores of answers) for (const [name, score] of scores) totals.set(name, (totals.get(name) ?? 0) + score)
  return totals
}
