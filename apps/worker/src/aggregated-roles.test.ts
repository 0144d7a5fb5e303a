import { test } from 'node:test'

import { clusterRoles, type V1PolicyRule } from '@quarterdeck/api'
import { runControllers } from '@quarterdeck/controller-runtime'
import { clusterRoleAggregationController } from '@quarterdeck/controllers'

import { startCluster } from './testing/test-cluster.ts'

const rule = (resource: string): V1PolicyRule => ({ verbs: ['get'], apiGroups: ['example.com'], resources: [resource] })
const keyOf = (name: string) => ({ namespace: '', name })

test('[AR1] an aggregated role has the rules of the roles that it selects, as they come, change and go', async (t) => {
  const { client, signal, eventually } = await startCluster(t)
  void runControllers({ controllers: [clusterRoleAggregationController], client, signal })
  const rulesOf = async (name: string): Promise<readonly V1PolicyRule[]> => (await client.get(clusterRoles, keyOf(name))).rules ?? []
  const hasRule = async (name: string, resource: string): Promise<boolean> =>
    (await rulesOf(name)).some(({ resources }) => resources?.includes(resource))

  const labels = { 'rbac.authorization.k8s.io/aggregate-to-view': 'true' }
  const made = await client.create(clusterRoles, { metadata: { name: 'views-ships', labels }, rules: [rule('ships')] })
  for (const whole of ['view', 'edit', 'admin']) await eventually(`${whole} of ships`, () => hasRule(whole, 'ships'))

  await client.update(clusterRoles, { ...made, rules: [rule('boats')] })
  await eventually('boats for ships', async () => !(await hasRule('view', 'ships')) && (await hasRule('admin', 'boats')))

  const view = await client.get(clusterRoles, keyOf('view'))
  await client.update(clusterRoles, { ...view, rules: [rule('everything')] })
  await eventually('its own rules again', async () => !(await hasRule('view', 'everything')) && (await hasRule('view', 'boats')))

  await client.delete(clusterRoles, keyOf('views-ships'))
  await eventually('no boats', async () => !(await hasRule('view', 'boats')) && !(await hasRule('admin', 'boats')))
})
