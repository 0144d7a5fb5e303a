import { pods } from '@quarterdeck/api'
import { keyOf } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

import type { Plugin } from '../../framework/plugin.ts'

/** Binds through the Pod's binding subresource: the server assigns a Pod once, whatever several schedulers believe. */
export function createDefaultBinder(client: Client): Plugin {
  return {
    name: 'DefaultBinder',
    bind: async ({ pod }, nodeName) => {
      const { name, namespace, uid } = pod.metadata
      await client.createSubresource(pods, keyOf(pod), 'binding', {
        apiVersion: 'v1',
        kind: 'Binding',
        metadata: { name, namespace, uid },
        target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
      })
      return true
    },
  }
}
