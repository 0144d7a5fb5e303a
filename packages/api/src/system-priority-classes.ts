/** The classes every cluster has, above all that users may make. */
export const systemPriorityClasses = [
  {
    name: 'system-node-critical',
    value: 2_000_001_000,
    description: 'For pods that a node cannot do without: they stay where they are.',
  },
  {
    name: 'system-cluster-critical',
    value: 2_000_000_000,
    description: 'For pods that the cluster cannot do without: they may move to another node.',
  },
] as const
