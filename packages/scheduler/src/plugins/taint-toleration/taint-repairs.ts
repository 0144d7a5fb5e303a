import type { Node, V1Taint } from '@quarterdeck/api'

import { changeOfSpec, type Change, type Repair } from '../../framework/change.ts'
import { formatTaint } from './tolerates.ts'

const cordonTaint = 'node.kubernetes.io/unschedulable'
/** Set by the control plane as long as a node is unwell. */
const unwell: Readonly<Record<string, string>> = {
  'node.kubernetes.io/not-ready': 'becomes Ready',
  'node.kubernetes.io/unreachable': 'can be reached again',
  'node.kubernetes.io/memory-pressure': 'has memory to spare again',
  'node.kubernetes.io/disk-pressure': 'has disk space to spare again',
  'node.kubernetes.io/pid-pressure': 'has process ids to spare again',
  'node.kubernetes.io/network-unavailable': 'has its network',
  'node.kubernetes.io/out-of-service': 'is put back into service',
}

const without = (node: Node, isGone: (taint: V1Taint) => boolean): Node => ({
  ...node,
  spec: { ...node.spec, taints: (node.spec.taints ?? []).filter((taint) => !isGone(taint)) },
})

/** Takes the taint that comes with a cordon along. */
export function uncordoning({ metadata: { name } }: Node): Change {
  return {
    key: `uncordon ${name}`,
    family: 'uncordon',
    node: name,
    size: 1,
    text: `uncordon node ${name}`,
    changeNode: (node) => {
      const { unschedulable: _cordoned, ...spec } = node.spec
      return without({ ...node, spec }, ({ key }) => key === cordonTaint)
    },
  }
}

/** What can be done about taints: the Pod tolerates them, or the node loses them; a node that is unwell must become well. */
export function taintRepairs(taints: readonly V1Taint[], node: Node): Repair[] {
  const byHand = taints.filter(({ key }) => key !== cordonTaint && unwell[key] === undefined)
  const always = taints.flatMap((taint) => {
    if (taint.key === cordonTaint) return [uncordoning(node)]
    return unwell[taint.key] === undefined ? [] : [recovery(taint, node)]
  })
  if (byHand.length === 0) return [always]
  return [
    [...always, ...byHand.map(toleration)],
    [...always, ...byHand.map((taint) => removal(taint, node))],
  ]
}

function recovery({ key }: V1Taint, { metadata: { name } }: Node): Change {
  return {
    key: `recover ${name} ${key}`,
    family: `recover ${key}`,
    node: name,
    size: 1,
    text: `wait until node ${name} ${unwell[key] ?? 'is well'}`,
    changeNode: (node) => without(node, (taint) => taint.key === key),
  }
}

function toleration(taint: V1Taint): Change {
  const { key, value = '', effect } = taint
  const text = `tolerate the taint ${formatTaint(taint)}`
  return changeOfSpec({ key: text, family: `tolerate ${text}`, size: 1, text }, ({ tolerations = [] }) => ({
    tolerations: [...tolerations, { key, operator: value === '' ? 'Exists' : 'Equal', ...(value === '' ? {} : { value }), effect }],
  }))
}

function removal(taint: V1Taint, { metadata: { name } }: Node): Change {
  const id = formatTaint(taint)
  return {
    key: `untaint ${name} ${id}`,
    family: `untaint ${id}`,
    node: name,
    size: 1,
    text: `take the taint ${id} from node ${name}`,
    changeNode: (node) => without(node, (other) => formatTaint(other) === id),
  }
}
