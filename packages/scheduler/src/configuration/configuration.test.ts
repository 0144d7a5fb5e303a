import assert from 'node:assert/strict'
import { describe, test } from 'node:test'

import { settle } from '@quarterdeck/controller-runtime/testing'

import { extensionPoints } from '../framework/profile.ts'
import { nodeOf, placed, podOf } from '../testing/objects.ts'
import { startCore } from '../testing/start-core.ts'
import { ConfigurationError } from './configuration.ts'
import { createProfiles } from './create-profiles.ts'
import { parseDurationMs } from './duration.ts'
import { planPoints } from './plan-points.ts'
import { defaultPlugins } from './plugin-names.ts'
import { readConfiguration } from './read-configuration.ts'

const header = 'apiVersion: kubescheduler.config.k8s.io/v1\nkind: KubeSchedulerConfiguration\n'

const mistakes: [rule: string, text: string, message: string][] = [
  ['text that is no YAML', 'a: [', 'f: Flow sequence in block collection must be sufficiently indented and end with a ]'],
  [
    'another version',
    'apiVersion: kubescheduler.config.k8s.io/v1beta3\nkind: KubeSchedulerConfiguration',
    'f: apiVersion and kind must be kubescheduler.config.k8s.io/v1 and KubeSchedulerConfiguration, not kubescheduler.config.k8s.io/v1beta3 and KubeSchedulerConfiguration',
  ],
  ['an unknown field', `${header}profiles: [{plugin: {}}]`, 'f: unknown field "profiles[0].plugin"'],
  ['an unknown extension point', `${header}profiles: [{plugins: {filters: {}}}]`, 'f: unknown field "profiles[0].plugins.filters"'],
  [
    'a value of the wrong type',
    `${header}percentageOfNodesToScore: many`,
    'f: percentageOfNodesToScore: cannot unmarshal string into a value of type int32',
  ],
  ['a value out of range', `${header}percentageOfNodesToScore: 101`, 'f: percentageOfNodesToScore: 101 is not in valid range [0-100]'],
  [
    'two profiles of one name',
    `${header}profiles: [{schedulerName: a}, {schedulerName: a}]`,
    'f: profiles[1].schedulerName: duplicate value "a"',
  ],
  ['several profiles, one without a name', `${header}profiles: [{schedulerName: a}, {}]`, 'f: profiles[1].schedulerName: required value'],
  [
    'a plugin that does not exist',
    `${header}profiles: [{plugins: {filter: {enabled: [{name: Nope}]}}}]`,
    `f: profiles[0].plugins.filter.enabled[0]: no plugin "Nope"; there are ${defaultPlugins.map(({ name }) => name).join(', ')}`,
  ],
  [
    'arguments for a plugin that has none',
    `${header}profiles: [{pluginConfig: [{name: NodeName, args: {}}]}]`,
    'f: profiles[0].pluginConfig[0].name: no plugin "NodeName" that takes arguments',
  ],
  [
    'an unknown argument',
    `${header}profiles: [{pluginConfig: [{name: InterPodAffinity, args: {weight: 1}}]}]`,
    'f: unknown field "profiles[0].pluginConfig[0].args.weight"',
  ],
  [
    'an argument out of range',
    `${header}profiles: [{pluginConfig: [{name: InterPodAffinity, args: {hardPodAffinityWeight: 101}}]}]`,
    'f: profiles[0].pluginConfig[0].args.hardPodAffinityWeight: 101 is not in valid range [0, 100]',
  ],
  [
    'a shape that does not rise',
    `${header}profiles: [{pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: RequestedToCapacityRatio, requestedToCapacityRatio: {shape: [{utilization: 50, score: 1}, {utilization: 50, score: 2}]}}}}]}]`,
    'f: profiles[0].pluginConfig[0].args.scoringStrategy.requestedToCapacityRatio.shape[1].utilization: values must be sorted in increasing order',
  ],
  [
    'default constraints without defaultingType List',
    `${header}profiles: [{pluginConfig: [{name: PodTopologySpread, args: {defaultConstraints: [{maxSkew: 1, topologyKey: a, whenUnsatisfiable: ScheduleAnyway}]}}]}]`,
    'f: profiles[0].pluginConfig[0].args.defaultingType: must be List when .defaultConstraints are not empty',
  ],
  [
    'different orders of the queue',
    `${header}profiles: [{schedulerName: a}, {schedulerName: b, plugins: {queueSort: {enabled: [{name: PrioritySort}]}}}]`,
    'f: profiles[1].plugins.queueSort: must be the same for all profiles',
  ],
  [
    'an extender that prioritizes without weight',
    `${header}extenders: [{urlPrefix: "http://e", prioritizeVerb: p}]`,
    'f: extenders[0].weight: must have a positive weight applied to it',
  ],
  [
    'two extenders that bind',
    `${header}extenders: [{urlPrefix: "http://e", bindVerb: b}, {urlPrefix: "http://f", bindVerb: b}]`,
    'f: extenders: only one extender can implement bind',
  ],
  [
    'a backoff that is shorter than its beginning',
    `${header}podInitialBackoffSeconds: 20`,
    'f: podMaxBackoffSeconds: must be greater than or equal to podInitialBackoffSeconds',
  ],
]

describe('scheduler configuration', () => {
  for (const [rule, text, message] of mistakes) {
    test(`[SC18] refuses ${rule}`, () => {
      assert.throws(
        () => readConfiguration(text, 'f'),
        (error) => error instanceof ConfigurationError && error.message.startsWith(message),
      )
    })
  }

  test('[SC18] takes what kube-scheduler takes, also what means nothing here', () => {
    const text = `${header}parallelism: 16
leaderElection: {leaderElect: true}
clientConnection: {kubeconfig: /etc/kubernetes/scheduler.conf}
profiles:
- schedulerName: default-scheduler
  pluginConfig:
  - name: NodeResourcesFit
    args:
      apiVersion: kubescheduler.config.k8s.io/v1
      kind: NodeResourcesFitArgs
      scoringStrategy: {type: MostAllocated, resources: [{name: cpu, weight: 2}]}
`
    const [profile] = readConfiguration(text, 'f').profiles ?? []
    assert.equal(profile?.pluginConfig?.[0]?.name, 'NodeResourcesFit')
  })

  test('[SC18] the default plugins take part everywhere, in their order', () => {
    for (const point of extensionPoints) {
      assert.deepEqual(
        planPoints({})[point].map(({ name }) => name),
        defaultPlugins.map(({ name }) => name),
      )
    }
  })

  test('[SC18] an extension point can drop plugins, weigh them anew, and put them first', () => {
    const points = planPoints({
      plugins: {
        multiPoint: { disabled: [{ name: 'ImageLocality' }] },
        score: { disabled: [{ name: '*' }], enabled: [{ name: 'NodeAffinity', weight: 7 }] },
        filter: { disabled: [{ name: 'NodePorts' }], enabled: [{ name: 'NodeResourcesFit' }] },
      },
    })
    assert.deepEqual(points.score, [{ name: 'NodeAffinity', weight: 7 }])
    const filters = points.filter.map(({ name }) => name)
    assert.equal(filters[0], 'NodeResourcesFit')
    assert.ok(!filters.includes('NodePorts') && !filters.includes('ImageLocality'))
    assert.ok(points.reserve.some(({ name }) => name === 'NodePorts'))
  })

  test('[SC18] several profiles schedule side by side, each its own pods in its own way', async (t) => {
    const text = `${header}profiles:
- schedulerName: default-scheduler
- schedulerName: packing
  plugins: {score: {disabled: [{name: '*'}], enabled: [{name: NodeResourcesFit}]}}
  pluginConfig: [{name: NodeResourcesFit, args: {scoringStrategy: {type: MostAllocated}}}]
`
    const { core, bound } = startCore(t, { profiles: (environment) => createProfiles(readConfiguration(text, 'f'), environment) })
    core.setNode(nodeOf('empty'))
    core.setNode(nodeOf('used'))
    core.setPod(placed(podOf('there', { requests: { cpu: '1', memory: '1Gi' } }), 'used'))
    core.setPod(podOf('spread', { requests: { cpu: '1', memory: '1Gi' } }))
    await settle()
    core.removePod(placed(podOf('spread'), 'empty'))
    core.setPod(podOf('packed', { requests: { cpu: '1', memory: '1Gi' }, schedulerName: 'packing' }))
    core.setPod(podOf('foreign', { schedulerName: 'third' }))
    await settle()
    assert.deepEqual(bound, ['spread to empty', 'packed to used'])
  })

  test('[SC18] a scorer by shape, resources of its own, an added affinity and ignored resources', async (t) => {
    const text = `${header}profiles:
- plugins: {score: {disabled: [{name: '*'}], enabled: [{name: NodeResourcesFit}]}}
  pluginConfig:
  - name: NodeAffinity
    args: {addedAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: pool, operator: In, values: [a]}]}]}}}
  - name: NodeResourcesFit
    args:
      ignoredResources: [example.com/foo]
      ignoredResourceGroups: [other.com]
      scoringStrategy:
        type: RequestedToCapacityRatio
        resources: [{name: example.com/gpu, weight: 3}]
        requestedToCapacityRatio: {shape: [{utilization: 0, score: 0}, {utilization: 100, score: 10}]}
`
    const { core, bound, messages } = startCore(t, { profiles: (environment) => createProfiles(readConfiguration(text, 'f'), environment) })
    const gpus = { 'example.com/gpu': '4' }
    core.setNode(nodeOf('half', { labels: { pool: 'a' }, allocatable: gpus }))
    core.setNode(nodeOf('fresh', { labels: { pool: 'a' }, allocatable: gpus }))
    core.setNode(nodeOf('elsewhere', { labels: { pool: 'b' }, allocatable: gpus }))
    core.setPod(placed(podOf('there', { requests: { 'example.com/gpu': '2' } }), 'half'))
    core.setPod(podOf('p', { requests: { 'example.com/gpu': '1', 'example.com/foo': '5', 'other.com/bar': '1' } }))
    core.setPod(podOf('q', { nodeSelector: { pool: 'b' } }))
    await settle()
    assert.deepEqual(bound, ['p to half'])
    assert.match(messages[0] ?? '', /^q: 0\/3 nodes are available: 1 node\(s\) didn't match scheduler-enforced node affinity, 2 node/)
  })

  test('reads durations as Go writes them', () => {
    assert.deepEqual(['5s', '1m30s', '100ms', '1.5h', '0', '5', 'x'].map(parseDurationMs), [
      5000,
      90_000,
      100,
      5_400_000,
      0,
      undefined,
      undefined,
    ])
  })
})
