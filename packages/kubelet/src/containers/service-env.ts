import type { Service } from '@quarterdeck/api'

/**
 * Variables that name the services of a pod's namespace, as Docker links once did, and always those of the API server
 * itself (`kubernetes` in `default`). A service without a cluster address has none.
 */
export function serviceVariables(services: readonly Service[], options: { namespace: string; enableLinks: boolean }): Map<string, string> {
  const variables = new Map<string, string>()
  const isMaster = (service: Service) => service.metadata.namespace === 'default' && service.metadata.name === 'kubernetes'
  const visible = services.filter(
    (service) => isMaster(service) || (options.enableLinks && service.metadata.namespace === options.namespace),
  )
  // A service of the pod's own namespace wins over the master of the same name.
  for (const service of visible.toSorted((a, b) => Number(isMaster(b)) - Number(isMaster(a)))) {
    const ip = service.spec.clusterIP
    if (!ip || ip === 'None') continue
    const prefix = service.metadata.name.toUpperCase().replaceAll('-', '_')
    const ports = service.spec.ports ?? []
    const [first] = ports
    if (!first) continue
    variables.set(`${prefix}_SERVICE_HOST`, ip)
    variables.set(`${prefix}_SERVICE_PORT`, String(first.port))
    for (const port of ports)
      if (port.name) variables.set(`${prefix}_SERVICE_PORT_${port.name.toUpperCase().replaceAll('-', '_')}`, String(port.port))
    ports.forEach((port, i) => {
      const protocol = (port.protocol ?? 'TCP').toLowerCase()
      const url = `${protocol}://${ip}:${port.port}`
      const link = `${prefix}_PORT_${port.port}_${protocol.toUpperCase()}`
      if (i === 0) variables.set(`${prefix}_PORT`, url)
      variables.set(link, url)
      variables.set(`${link}_PROTO`, protocol)
      variables.set(`${link}_PORT`, String(port.port))
      variables.set(`${link}_ADDR`, ip)
    })
  }
  return variables
}
