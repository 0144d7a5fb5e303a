const fewNodes = 100
const minPercentage = 5

/**
 * How many right nodes are enough to choose from: all of up to 100, and of more a share that falls from 50 to 5 percent
 * (kube-scheduler's adaptive percentageOfNodesToScore).
 */
export function feasibleNodesWanted(nodes: number): number {
  if (nodes < fewNodes) return nodes
  const percentage = Math.max(minPercentage, 50 - Math.floor(nodes / 125))
  return Math.max(fewNodes, Math.floor((nodes * percentage) / 100))
}
