const fewNodes = 100
const minPercentage = 5

/**
 * How many right nodes are enough to choose from: all of up to 100, and of more a share that falls from 50 to 5 percent
 * (kube-scheduler's adaptive percentageOfNodesToScore), or the percentage given.
 */
export function feasibleNodesWanted(nodes: number, givenPercentage = 0): number {
  if (nodes < fewNodes || givenPercentage >= 100) return nodes
  const percentage = givenPercentage > 0 ? givenPercentage : Math.max(minPercentage, 50 - Math.floor(nodes / 125))
  return Math.max(fewNodes, Math.floor((nodes * percentage) / 100))
}
