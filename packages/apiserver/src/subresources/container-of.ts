import type { Pod } from '@quarterdeck/api'
import { badRequest } from '@quarterdeck/api-machinery'

/** The container of a pod that a request means: the one it names, the default one, or the only one. Throws BadRequest. */
export function containerOf({ metadata, spec }: Pod, wanted: string): string {
  const names = [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].map((c) => c.name)
  if (wanted) {
    if (names.includes(wanted)) return wanted
    throw badRequest(`container ${wanted} is not valid for pod ${metadata.name}`)
  }
  const annotated = metadata.annotations?.['kubectl.kubernetes.io/default-container']
  if (annotated && names.includes(annotated)) return annotated
  if (spec.containers.length === 1 && spec.containers[0]) return spec.containers[0].name
  const choose = `choose one of: [${spec.containers.map((c) => c.name).join(' ')}]`
  const initial = spec.initContainers?.length ? ` or one of the init containers: [${spec.initContainers.map((c) => c.name).join(' ')}]` : ''
  throw badRequest(`a container name must be specified for pod ${metadata.name}, ${choose}${initial}`)
}
