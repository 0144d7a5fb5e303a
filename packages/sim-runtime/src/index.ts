export { completeAfterAnnotation, failAnnotation } from './sim-pod.ts'
export type { SimNodeSize } from './sim-node.ts'
export { startSimulatedNodes, type SimulatedNodes, type SimulatedNodesOptions } from './simulated-nodes.ts'
