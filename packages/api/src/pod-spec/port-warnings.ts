import type { V1ContainerPort, V1PodSpec } from '../generated/types.ts'
import { containersOf } from './containers-of.ts'

interface PlacedPort {
  port: V1ContainerPort
  path: string
}

/** Of ports of a pod that say the same twice, or leave open which is meant. `field`: where the pod's spec stands. */
export function portWarnings(spec: V1PodSpec, field: string): string[] {
  const ports = containersOf(spec, field).flatMap(({ container, path }) =>
    (container.ports ?? []).map((port, i): PlacedPort => ({ port, path: `${path}.ports[${i}]` })),
  )
  return [...overlapWarnings(ports), ...nameWarnings(ports)]
}

/** A port is compared with so many others of its number: all of any pod of use. */
const maxCompared = 100
/** Told of one pod: more than fit in an answer. */
const maxOverlaps = 100

function overlapWarnings(ports: readonly PlacedPort[]): string[] {
  const byNumber = new Map<string, PlacedPort[]>()
  let found = 0
  return ports.flatMap((placed) => {
    if (found > maxOverlaps) return []
    const { port, path } = placed
    const lone =
      port.hostIP && !port.hostPort
        ? [
            `${path}: hostIP set without hostPort: {Name:${port.name ?? ''} HostPort:0 ContainerPort:${port.containerPort} Protocol:${port.protocol ?? ''} HostIP:${port.hostIP}}`,
          ]
        : []
    const number = `${port.containerPort}/${port.protocol ?? ''}`
    const others = byNumber.get(number) ?? []
    const clashes = others.flatMap((other) => clash(placed, other))
    if (others.length < maxCompared) others.push(placed)
    byNumber.set(number, others)
    found += lone.length + clashes.length
    return [...lone, ...clashes]
  })
}

function clash({ port, path }: PlacedPort, { port: other, path: otherPath }: PlacedPort): string[] {
  const [hostPort, otherHostPort] = [port.hostPort ?? 0, other.hostPort ?? 0]
  const [hostIp, otherHostIp] = [port.hostIP ?? '', other.hostIP ?? '']
  if (hostIp === otherHostIp && hostPort === otherHostPort) return [`${path}: duplicate port definition with ${otherPath}`]
  if (hostPort === 0 || otherHostPort === 0) return [`${path}: overlapping port definition with ${otherPath}`]
  const isOpen = hostPort === otherHostPort && (hostIp === '') !== (otherHostIp === '')
  return isOpen ? [`${path}: dangerously ambiguous port definition with ${otherPath}`] : []
}

function nameWarnings(ports: readonly PlacedPort[]): string[] {
  const firstOf = new Map<string, string>()
  return ports.flatMap(({ port: { name }, path }) => {
    if (!name) return []
    const first = firstOf.get(name)
    if (first === undefined) firstOf.set(name, path)
    else
      return [
        `${path}: duplicate port name ${JSON.stringify(name)} with ${first}, services and probes that select ports by name will use ${first}`,
      ]
    return []
  })
}
