import { labelValueErrors } from '@quarterdeck/api-machinery'

import type { V1NodeSelectorTerm } from '../generated/types.ts'

/** Labels of nodes that others have replaced, with what to say about them. */
const replacedLabels: Readonly<Record<string, string>> = {
  'beta.kubernetes.io/arch': 'deprecated since v1.14; use "kubernetes.io/arch" instead',
  'beta.kubernetes.io/os': 'deprecated since v1.14; use "kubernetes.io/os" instead',
  'failure-domain.beta.kubernetes.io/region': 'deprecated since v1.17; use "topology.kubernetes.io/region" instead',
  'failure-domain.beta.kubernetes.io/zone': 'deprecated since v1.17; use "topology.kubernetes.io/zone" instead',
  'beta.kubernetes.io/instance-type': 'deprecated since v1.17; use "node.kubernetes.io/instance-type" instead',
  'app.kubernetes.io/created-by': 'deprecated since v1.9',
  'scheduler.alpha.kubernetes.io/preferAvoidPods': 'deprecated since v1.22; use Taints and Tolerations instead',
  'node-role.kubernetes.io/master': 'use "node-role.kubernetes.io/control-plane" instead',
}

/** Nothing for a label that is as good as any. */
export function nodeLabelWarnings(key: string, say: (message: string) => string): string[] {
  const message = replacedLabels[key]
  return message ? [say(message)] : []
}

/** `checksValues`: preferences may hold values that no label can have, and then count for nothing. */
export function nodeSelectorTermWarnings(
  { matchExpressions = [] }: V1NodeSelectorTerm,
  field: string,
  { checksValues = false }: { checksValues?: boolean } = {},
): string[] {
  return matchExpressions.flatMap(({ key, values = [] }, i) => {
    const at = `${field}.matchExpressions[${i}]`
    const unfit = checksValues
      ? values.flatMap((value, j) => labelValueErrors(value).map((m) => `${at}.values[${j}]: ${value} is invalid, ${m}`))
      : []
    return [...nodeLabelWarnings(key, (message) => `${at}.key: ${key} is ${message}`), ...unfit]
  })
}
