import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import { badRequest } from '@quarterdeck/api-machinery'
import type { Upgrade } from '@quarterdeck/streams'

/** One exchange; `upgrade` is there when the client asks for another protocol on its connection. */
export interface Http {
  request: IncomingMessage
  response: ServerResponse
  upgrade?: Upgrade | undefined
}

/** The connection is handed over: from now on it is not the response's. */
export function upgradeOf({ upgrade, response }: Http): Upgrade {
  if (!upgrade) throw badRequest('Upgrade request required')
  response.detachSocket(upgrade.socket as Socket)
  return upgrade
}
