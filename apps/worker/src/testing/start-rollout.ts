import { deployments, pods } from '@quarterdeck/api'
import type { ObjectKey } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

import { eventually } from './eventually.ts'

/** Creates a Deployment of 40 pods and resolves in the middle of its rollout, when the first of them are there. */
export async function startRollout(client: Client): Promise<ObjectKey> {
  const key = { namespace: 'default', name: 'web' }
  const labels = { app: 'web' }
  await client.create(deployments, {
    metadata: key,
    spec: {
      replicas: 40,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'v1' }] } },
    },
    status: {},
  })
  await eventually('the first pods', async () => (await client.list(pods, { namespace: 'default' })).items.length > 3)
  return key
}
