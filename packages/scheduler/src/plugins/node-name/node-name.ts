import type { Plugin } from '../../framework/plugin.ts'
import { unresolvable } from '../../framework/rejection.ts'

const mismatch = unresolvable("node(s) didn't match the requested node name")

/** A Pod that names its node goes to no other. */
export const nodeName: Plugin = {
  name: 'NodeName',
  isNodeLocal: true,
  preFilter: ({ pod }) => (pod.spec.nodeName ? undefined : 'skip'),
  filter: ({ pod }, node) => (pod.spec.nodeName === node.name ? undefined : mismatch),
  hints: { 'node added': ({ node }, { pod }) => node.name === pod.spec.nodeName },
  explain: ({ pod }) => `the Pod asks for node ${pod.spec.nodeName ?? ''}`,
}
