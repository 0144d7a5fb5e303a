import type { ApiServer, NodeConnections } from '@quarterdeck/apiserver'

import { ControlPlaneMonitor } from './control-plane/control-plane-monitor.ts'
import { LiveKinds } from './live/live-kinds.ts'
import { UsageBoard } from './usage/usage-board.ts'

/** What the process shares with every dashboard request. */
export interface Deck {
  server: ApiServer
  nodes: Pick<NodeConnections, 'request'>
  live: LiveKinds
  usage: UsageBoard
  controlPlane: ControlPlaneMonitor
}

export function createDeck({ server, nodes }: Pick<Deck, 'server' | 'nodes'>): Deck {
  return {
    server,
    nodes,
    live: new LiveKinds(server.core),
    usage: new UsageBoard(server.core),
    controlPlane: new ControlPlaneMonitor(server),
  }
}

export async function closeDeck({ live, usage, controlPlane }: Deck): Promise<void> {
  controlPlane.close()
  usage.close()
  await live.close()
}
