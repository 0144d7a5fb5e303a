import { configMaps, namespaces, nodes, persistentVolumeClaims, pods, secrets, services, type Kind, type Pod } from '@quarterdeck/api'
import { controllerOf, matchesRequirements, requirementsOf, type KubeObject, type LabelSelector } from '@quarterdeck/api-machinery'

import { pluralTitle } from '../kinds/plural-title.ts'
import { contents } from './namespace-relations.ts'
import { groupOf, itemOf, missingItem, type ObjectOfKind, type RelatedGroup, type RelatedItem, type RelationReader } from './relation.ts'
import { devices } from './device-relations.ts'
import { addresses } from './network-relations.ts'
import { podLabelsOf, templateOf } from './pod-template-of.ts'
import { referencesOf } from './pod-references.ts'
import { autoscaling, budgets, priority, setClaims } from './policy-relations.ts'
import { storage } from './storage-relations.ts'
import { tokens } from './token-relations.ts'

type Finder = (subject: ObjectOfKind, reader: RelationReader) => Promise<RelatedGroup[]>

const finders: readonly Finder[] = [
  owners,
  owned,
  selected,
  selecting,
  referenced,
  referencing,
  storage,
  devices,
  addresses,
  tokens,
  setClaims,
  autoscaling,
  budgets,
  priority,
  onNode,
  contents,
]

/** What an object has to do with others: what made it, what it made, what it selects, uses, and is used by. */
export async function findRelated(subject: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  const groups = await Promise.all(finders.map((find) => find(subject, reader)))
  return groups.flat().filter((group) => group.total > 0)
}

async function owners({ object }: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  const chain: RelatedItem[] = []
  let current: KubeObject | undefined = object
  while (current && chain.length < 5) {
    const reference = controllerOf(current)
    const kind = reference && reader.kinds.find((k) => k.kind === reference.kind && k.apiVersion === reference.apiVersion)
    if (!kind) break
    const namespace = kind.scope === 'Namespaced' ? (object.metadata.namespace ?? '') : ''
    current = await reader.get(kind, namespace, reference.name)
    chain.push(current ? itemOf({ kind, object: current }) : missingItem(kind, namespace, reference.name))
  }
  return [{ title: 'Owned by', onDelete: 'unaffected', items: chain.toReversed(), total: chain.length }]
}

/** Kinds that never own, or are owned in ways nobody asks about. */
const notOwned = new Set(['events', 'leases.coordination.k8s.io'])

async function owned({ kind, object }: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  if (kind.resource === pods.resource || kind.resource === namespaces.resource) return []
  const namespace = object.metadata.namespace
  const lists = await Promise.all(
    reader.kinds
      .filter((k) => !notOwned.has(k.resource) && !k.storedAs && (namespace ? k.scope === 'Namespaced' : true))
      .map(async (k) => ({ kind: k, objects: await reader.list(k, namespace) })),
  )
  const groups: RelatedGroup[] = []
  let parents = new Set([object.metadata.uid])
  for (let depth = 0; depth < 3 && parents.size > 0; depth++) {
    const children: ObjectOfKind[] = []
    for (const list of lists)
      for (const candidate of list.objects)
        if (candidate.metadata.ownerReferences?.some((reference) => parents.has(reference.uid)))
          children.push({ kind: list.kind, object: candidate })
    for (const [childKind, members] of Map.groupBy(children, (child) => child.kind))
      groups.push(groupOf(pluralTitle(childKind), 'deleted', newestFirst(members)))
    parents = new Set(children.map((child) => child.object.metadata.uid))
  }
  return groups
}

async function selected({ kind, object }: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  if (kind.resource !== services.resource) return []
  const { selector } = (object as { spec?: { selector?: Record<string, string> } }).spec ?? {}
  if (!selector || Object.keys(selector).length === 0) return []
  const members = await podsMatching({ matchLabels: selector }, object.metadata.namespace, reader)
  return [groupOf('Pods it selects', 'unaffected', members)]
}

/** Services that send traffic to a pod, or to the pods of a workload. */
async function selecting({ kind, object }: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  const labels = podLabelsOf({ kind, object })
  if (!labels) return []
  const all = await reader.list(services, object.metadata.namespace)
  const members = all.filter((service) => {
    const selector = (service as { spec?: { selector?: Record<string, string> } }).spec?.selector ?? {}
    return Object.keys(selector).length > 0 && matchesRequirements(requirementsOf({ matchLabels: selector }), labels)
  })
  return [
    groupOf(
      'Services that reach it',
      'breaks',
      members.map((service) => ({ kind: services, object: service })),
    ),
  ]
}

async function referenced({ kind, object }: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  const spec = podSpecOf(kind, object)
  if (!spec) return []
  const items: RelatedItem[] = []
  for (const { kind: target, name, isOptional } of referencesOf(spec)) {
    const namespace = target.scope === 'Namespaced' ? (object.metadata.namespace ?? '') : ''
    const found = await reader.get(target, namespace, name)
    if (found) items.push(itemOf({ kind: target, object: found }))
    else if (!isOptional) items.push(missingItem(target, namespace, name))
  }
  return [{ title: 'Uses', onDelete: 'unaffected', items, total: items.length }]
}

const usedByPods = new Set([configMaps.resource, secrets.resource, 'serviceaccounts', persistentVolumeClaims.resource])

async function referencing({ kind, object }: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  if (!usedByPods.has(kind.resource)) return []
  const all = (await reader.list(pods, object.metadata.namespace)) as readonly Pod[]
  const members = all.filter((pod) =>
    referencesOf(pod.spec).some((reference) => reference.kind.resource === kind.resource && reference.name === object.metadata.name),
  )
  return [
    groupOf(
      'Used by',
      'breaks',
      members.map((pod) => ({ kind: pods, object: pod })),
    ),
  ]
}

async function onNode({ kind, object }: ObjectOfKind, reader: RelationReader): Promise<RelatedGroup[]> {
  if (kind.resource !== nodes.resource) return []
  const all = (await reader.list(pods)) as readonly Pod[]
  const members = all.filter((pod) => pod.spec.nodeName === object.metadata.name)
  return [
    groupOf(
      'Pods on it',
      'breaks',
      members.map((pod) => ({ kind: pods, object: pod })),
    ),
  ]
}

async function podsMatching(selector: LabelSelector, namespace: string | undefined, reader: RelationReader): Promise<ObjectOfKind[]> {
  const requirements = requirementsOf(selector)
  const all = await reader.list(pods, namespace)
  return all.filter((pod) => matchesRequirements(requirements, pod.metadata.labels)).map((object) => ({ kind: pods, object }))
}

function podSpecOf(kind: Kind, object: KubeObject): Pod['spec'] | undefined {
  return kind.resource === pods.resource ? (object as Pod).spec : templateOf(object)?.spec
}

function newestFirst(members: readonly ObjectOfKind[]): ObjectOfKind[] {
  return members.toSorted((a, b) => (a.object.metadata.creationTimestamp > b.object.metadata.creationTimestamp ? -1 : 1))
}
