import type { Pod, V1Container } from '@quarterdeck/api'
import { milliValueOf, valueOf } from '@quarterdeck/api-machinery'
import type { ContainerResources } from '@quarterdeck/runtime'

/** A container's requests and limits as the runtime takes them. `machineMemoryBytes` scales who is killed first. */
export function resourcesOf(pod: Pod, spec: V1Container, machineMemoryBytes: number): ContainerResources {
  const requests = spec.resources?.requests ?? {}
  const limits = spec.resources?.limits ?? {}
  const cpu = requests['cpu'] ?? limits['cpu']
  const result: ContainerResources = {
    cpuShares: cpu === undefined ? 2 : Math.max(2, Math.floor((milliValueOf(cpu) * 1024) / 1000)),
    oomScoreAdj: oomScoreOf(pod, spec, machineMemoryBytes),
  }
  if (limits['cpu'] !== undefined && milliValueOf(limits['cpu']) > 0) result.nanoCpus = milliValueOf(limits['cpu']) * 1_000_000
  if (limits['memory'] !== undefined && valueOf(limits['memory']) > 0) result.memoryBytes = valueOf(limits['memory'])
  return result
}

/** As Kubernetes scores its quality-of-service classes: Guaranteed last, BestEffort first, Burstable by its share of memory. */
function oomScoreOf(pod: Pod, spec: V1Container, machineMemoryBytes: number): number {
  if (pod.status.qosClass === 'Guaranteed') return -997
  if (pod.status.qosClass === 'BestEffort') return 1000
  const requested = valueOf(spec.resources?.requests?.['memory'] ?? '0')
  const score = 1000 - Math.floor((1000 * requested) / machineMemoryBytes)
  return Math.min(999, Math.max(3, score))
}
