import type { CSINode, Node, Pod } from '@quarterdeck/api'

import type { PodInfo } from '../cache/pod-info.ts'

/** One thing that could be different, so that a Pod fits on a node. */
export interface Change {
  /** Equal changes have equal keys. */
  readonly key: string
  /** Changes of one family do the same at another place, or more of it: the smallest of them is shown. */
  readonly family: string
  /** As an operator is told what to do, with figures and names. */
  readonly text: string
  /** How much it changes, compared within its family. */
  readonly size: number
  /** The node that changes; absent: the Pod does. */
  readonly node?: string
  /** Pods that would have to leave the node. */
  readonly leaving?: readonly PodInfo[]
  /** Each returns a changed copy. */
  changePod?(pod: Pod): Pod
  changeNode?(node: Node): Node
  changeCsiNode?(csiNode: CSINode): CSINode
}

/** Changes that belong together. */
export type Repair = readonly Change[]

/** A Pod whose spec differs. */
export function changeOfSpec(change: Omit<Change, 'changePod'>, differ: (spec: Pod['spec']) => Partial<Pod['spec']>): Change {
  return { ...change, changePod: (pod) => ({ ...pod, spec: { ...pod.spec, ...differ(pod.spec) } }) }
}

/** The node has other labels; undefined: not this one. */
export function relabelling(node: Node, labels: Readonly<Record<string, string | undefined>>): Change {
  const { name } = node.metadata
  const set = Object.entries(labels).filter(([, value]) => value !== undefined)
  const texts = [
    ...(set.length > 0 ? [`give node ${name} the label ${set.map(([key, value]) => `${key}=${value}`).join(' and ')}`] : []),
    ...Object.keys(labels).flatMap((key) => (labels[key] === undefined ? [`take the label ${key} from node ${name}`] : [])),
  ]
  return {
    key: `label ${name} ${JSON.stringify(labels)}`,
    family: 'label',
    node: name,
    size: Object.keys(labels).length,
    text: texts.join(' and '),
    changeNode: (old) => {
      const changed: Record<string, string> = {}
      for (const [key, value] of Object.entries({ ...old.metadata.labels, ...labels })) if (value !== undefined) changed[key] = value
      return { ...old, metadata: { ...old.metadata, labels: changed } }
    },
  }
}

/** Pods leave the node. `why`: what that makes room for. */
export function departure(node: string, leaving: readonly PodInfo[], why: string): Change {
  const named = leaving.slice(0, 3).map(({ key, priority }) => `${key} (priority ${priority})`)
  const more = leaving.length > named.length ? ` and ${leaving.length - named.length} more` : ''
  return {
    key: `leave ${node} ${leaving.map(({ uid }) => uid).join()}`,
    family: 'free',
    node,
    leaving,
    size: leaving.length + Math.max(0, ...leaving.map(({ priority }) => priority)) / 2 ** 32,
    text: `free ${why} on node ${node}, which ${leaving.length === 1 ? 'is held by' : 'are held by'} ${named.join(', ')}${more}`,
  }
}
