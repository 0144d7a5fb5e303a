import type { Duplex } from 'node:stream'

import { mastersGroup, nodeUserPrefix, type Authenticator } from '@quarterdeck/apiserver'
import type { TunnelHub } from '@quarterdeck/tunnel'

import type { Listener } from './listeners.ts'

const tunnelPath = /^\/tunnel\/v1\/nodes\/([a-z0-9.-]+)$/

/** Hands upgrade requests of agents to the hub. */
export function createTunnelUpgrade(hub: TunnelHub, authenticate: Authenticator): Pick<Listener, 'isUpgradable' | 'upgrade'> {
  return {
    isUpgradable: (url) => tunnelPath.test(url),
    upgrade(request, socket, head) {
      const nodeName = tunnelPath.exec(request.url ?? '')?.[1]
      if (nodeName === undefined) return false
      authenticate(request).then(
        (user) => {
          const isNode = user?.name === nodeUserPrefix + nodeName || user?.groups.includes(mastersGroup)
          if (isNode) hub.handleUpgrade(request, socket, head, nodeName)
          else refuse(socket, user ? '403 Forbidden' : '401 Unauthorized')
        },
        () => refuse(socket, '401 Unauthorized'),
      )
      return true
    },
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`)
}
