import type { Node, Pod } from '@quarterdeck/api'

import type { NodeInfo } from '../cache/node-info.ts'
import type { PodInfo } from '../cache/pod-info.ts'
import type { Snapshot } from '../cache/scheduler-cache.ts'
import type { ExtenderConfiguration } from '../configuration/configuration.ts'
import { parseDurationMs } from '../configuration/duration.ts'
import type { Extender, ExtenderFilterResult, NodeVictims } from '../framework/extender.ts'
import { createExtenderTransport } from './extender-transport.ts'
import { listIn, numberIn, recordIn, stringIn, textIn } from './loose-json.ts'

const defaultTimeoutMs = 5000
/** An extender scores from 0 to 10, plugins from 0 to 100. */
const scoreFactor = 10

/**
 * A scheduler extender as kube-scheduler talks to it: JSON over POST, with the field names of kube-scheduler's extender/v1 types.
 * Every method rejects if the extender can't be reached, answers with another code than 200, or says that it failed.
 */
export function createHttpExtender(configuration: ExtenderConfiguration, snapshot: Snapshot): Extender {
  const { urlPrefix, filterVerb, prioritizeVerb, preemptVerb, bindVerb, nodeCacheCapable = false, weight = 1 } = configuration
  const managed = new Set((configuration.managedResources ?? []).map(({ name }) => name))
  const timeoutMs = parseDurationMs(configuration.httpTimeout ?? '') || defaultTimeoutMs
  const post = createExtenderTransport(configuration, timeoutMs)
  const ask = (pod: PodInfo, nodes: readonly NodeInfo[]) =>
    nodeCacheCapable
      ? { Pod: pod.pod, Nodes: null, NodeNames: nodes.map(({ name }) => name) }
      : { Pod: pod.pod, Nodes: { items: nodes.map(({ node }) => node) satisfies Node[] }, NodeNames: null }
  return {
    name: urlPrefix,
    isIgnorable: configuration.ignorable ?? false,
    filters: Boolean(filterVerb),
    prioritizes: Boolean(prioritizeVerb),
    preempts: Boolean(preemptVerb),
    binds: Boolean(bindVerb),
    isInterestedIn: ({ pod }) => managed.size === 0 || usesAny(pod, managed),
    filter: async (pod, nodes) => filterResultOf(await post(filterVerb ?? '', ask(pod, nodes)), urlPrefix, nodes),
    prioritize: async (pod, nodes) => {
      const scores = await post(prioritizeVerb ?? '', ask(pod, nodes))
      return new Map(listIn(scores).map((score) => [stringIn(score, 'Host'), numberIn(score, 'Score') * weight * scoreFactor]))
    },
    preempt: async (pod, candidates) => {
      const victims = Object.fromEntries([...candidates].map(([name, found]) => [name, victimsFor(found, nodeCacheCapable)]))
      const answer = await post(preemptVerb ?? '', {
        Pod: pod.pod,
        [nodeCacheCapable ? 'NodeNameToMetaVictims' : 'NodeNameToVictims']: victims,
      })
      return victimsOf(answer, urlPrefix, snapshot)
    },
    bind: async ({ pod }, nodeName) => {
      const { name, namespace, uid } = pod.metadata
      const error = textIn(await post(bindVerb ?? '', { PodName: name, PodNamespace: namespace, PodUID: uid, Node: nodeName }), 'Error')
      if (error) throw new Error(error)
    },
  }
}

function usesAny({ spec }: Pod, managed: ReadonlySet<string>): boolean {
  return [...spec.containers, ...(spec.initContainers ?? [])].some(({ resources }) =>
    [...Object.keys(resources?.requests ?? {}), ...Object.keys(resources?.limits ?? {})].some((name) => managed.has(name)),
  )
}

function filterResultOf(answer: unknown, extender: string, asked: readonly NodeInfo[]): ExtenderFilterResult {
  const error = textIn(answer, 'Error')
  if (error) throw new Error(error)
  const names = recordIn(answer, 'NodeNames')
  const nodes = recordIn(answer, 'Nodes')
  const right = Array.isArray(names)
    ? names.map(String)
    : listIn(recordIn(nodes, 'items')).map((node) => stringIn(recordIn(node, 'metadata'), 'name'))
  const known = new Set(asked.map(({ name }) => name))
  for (const name of right) {
    if (!known.has(name)) {
      throw new Error(
        `extender ${JSON.stringify(extender)} claims a filtered node ${JSON.stringify(name)} which is not found in the input node list`,
      )
    }
  }
  const failed = new Map<string, { reason: string; isUnresolvable: boolean }>()
  for (const [field, isUnresolvable] of [
    ['FailedNodes', false],
    ['FailedAndUnresolvableNodes', true],
  ] as const) {
    const reasons = recordIn(answer, field)
    if (typeof reasons !== 'object' || reasons === null) continue
    for (const [name, reason] of Object.entries(reasons)) failed.set(name, { reason: String(reason), isUnresolvable })
  }
  return { nodeNames: new Set(right), failed }
}

const victimsFor = ({ pods, budgetViolations }: NodeVictims, onlyUids: boolean) => ({
  Pods: onlyUids ? pods.map(({ uid }) => ({ UID: uid })) : pods.map(({ pod }) => pod),
  NumPDBViolations: budgetViolations,
})

function victimsOf(answer: unknown, extender: string, snapshot: Snapshot): Map<string, NodeVictims> {
  const found = recordIn(answer, 'NodeNameToMetaVictims')
  const victims = new Map<string, NodeVictims>()
  for (const [nodeName, chosen] of Object.entries((found ?? {}) as Record<string, unknown>)) {
    const pods = listIn(recordIn(chosen, 'Pods')).map((meta) => {
      const uid = stringIn(meta, 'UID')
      const pod = snapshot.get(nodeName)?.pods.get(uid)
      if (!pod)
        throw new Error(
          `extender: ${extender} claims to preempt pod (UID: ${uid}) on node: ${nodeName}, but the pod is not found on that node`,
        )
      return pod
    })
    if (pods.length === 0) throw new Error(`expected at least one victim pod on node ${JSON.stringify(nodeName)}`)
    victims.set(nodeName, { pods, budgetViolations: numberIn(chosen, 'NumPDBViolations') })
  }
  return victims
}
