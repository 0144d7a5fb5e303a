import type { V1PolicyRule } from '@quarterdeck/api'
import { equalJson } from '@quarterdeck/api-machinery'

import { coversPath } from './compiled-rules.ts'

/** What of `wanted` the rules of `held` do not allow, in parts of one verb and one resource or path. */
export function missingRules(held: readonly V1PolicyRule[], wanted: readonly V1PolicyRule[]): V1PolicyRule[] {
  return wanted.flatMap(partsOf).filter((part) => !held.some((rule) => coversRule(rule, part)))
}

/** Parts of the same resource joined to one rule of several verbs. */
export function joinRules(parts: readonly V1PolicyRule[]): V1PolicyRule[] {
  const joined: V1PolicyRule[] = []
  for (const { verbs, ...target } of parts) {
    const known = target.nonResourceURLs ? undefined : joined.find((rule) => equalJson({ ...rule, verbs }, { ...target, verbs }))
    if (known) known.verbs = [...new Set([...known.verbs, ...verbs])]
    else joined.push({ ...target, verbs })
  }
  return joined
}

/** `{APIGroups:[""], Resources:["pods"], Verbs:["get" "list"]}`, as Kubernetes writes a rule in a message. */
export function ruleText({ apiGroups, resources, nonResourceURLs, resourceNames, verbs }: V1PolicyRule): string {
  const lists = { APIGroups: apiGroups, Resources: resources, NonResourceURLs: nonResourceURLs, ResourceNames: resourceNames, Verbs: verbs }
  const shown = Object.entries(lists).flatMap(([name, list]) => (list?.length ? [`${name}:${listText(list)}`] : []))
  return `{${shown.join(', ')}}`
}

/** As Go quotes a list of strings. */
export function listText(list: readonly string[]): string {
  return `[${list.map((item) => JSON.stringify(item)).join(' ')}]`
}

function partsOf({ verbs, apiGroups = [], resources = [], resourceNames = [], nonResourceURLs = [] }: V1PolicyRule): V1PolicyRule[] {
  const names = resourceNames.length > 0 ? resourceNames.map((name) => ({ resourceNames: [name] })) : [{}]
  const ofResources = apiGroups.flatMap((group) =>
    resources.flatMap((resource) =>
      verbs.flatMap((verb) => names.map((name) => ({ apiGroups: [group], resources: [resource], ...name, verbs: [verb] }))),
    ),
  )
  const ofPaths = nonResourceURLs.flatMap((path) => verbs.map((verb) => ({ nonResourceURLs: [path], verbs: [verb] })))
  return [...ofResources, ...ofPaths]
}

function coversRule(held: V1PolicyRule, part: V1PolicyRule): boolean {
  const heldNames = held.resourceNames ?? []
  return (
    covers(held.verbs, part.verbs) &&
    covers(held.apiGroups, part.apiGroups) &&
    (part.resources ?? []).every((resource) => coversResource(held.resources ?? [], resource)) &&
    (heldNames.length === 0 || (part.resourceNames ?? []).some((name) => heldNames.includes(name))) &&
    (part.nonResourceURLs ?? []).every((path) => (held.nonResourceURLs ?? []).some((pattern) => coversPath(pattern, path)))
  )
}

function covers(held: readonly string[] = [], wanted: readonly string[] = []): boolean {
  return held.includes('*') || wanted.every((item) => held.includes(item))
}

function coversResource(held: readonly string[], resource: string): boolean {
  const slash = resource.indexOf('/')
  return held.includes('*') || held.includes(resource) || (slash >= 0 && held.includes(`*${resource.slice(slash)}`))
}
