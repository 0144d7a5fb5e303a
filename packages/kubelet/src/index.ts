export { startKubelet, type Kubelet, type KubeletOptions } from './kubelet.ts'
export { defaultNodeName, hostAddresses } from './node/machine.ts'
export { kubeletVersion } from './node/node-object.ts'
export type { StatsSummary, Usage } from './server/stats.ts'
