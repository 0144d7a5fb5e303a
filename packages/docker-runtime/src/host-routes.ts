import { readFile } from 'node:fs/promises'
import { BlockList } from 'node:net'

export interface HostRoute {
  interfaceName: string
  destination: string
}

/** The machine's IPv4 routes, as Linux lists them; none where there is no such list. */
export async function readHostRoutes(file = '/proc/net/route'): Promise<HostRoute[]> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [interfaceName = '', destination = ''] = line.split('\t')
      return { interfaceName, destination: addressOf(destination) }
    })
}

/** Routes into a subnet that do not go to its own interface: they may take what is meant for it. */
export function routesElsewhere(routes: readonly HostRoute[], cidr: string, interfaceName: string): HostRoute[] {
  const [network = '', prefix = ''] = cidr.split('/')
  const subnet = new BlockList()
  subnet.addSubnet(network, Number(prefix))
  return routes.filter((route) => route.interfaceName !== interfaceName && subnet.check(route.destination))
}

/** Eight hexadecimal digits in the order of the machine, the last byte first. */
function addressOf(hex: string): string {
  return Buffer.from(hex, 'hex').toReversed().join('.')
}
