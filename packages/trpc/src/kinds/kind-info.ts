import type { Kind } from '@quarterdeck/api'

import { keepsRevisions } from '../workloads/revision.ts'
import { columnsOf } from './columns.ts'
import { pluralTitle } from './plural-title.ts'
import { isInNavigation, isRare, sectionOf, type Section } from './sections.ts'

/** What the dashboard knows about a kind. */
export interface KindInfo {
  group: string
  version: string
  apiVersion: string
  kind: string
  plural: string
  /** `plural`, or `plural.group`: the first part of the kind's addresses in the dashboard. */
  resource: string
  /** In the plural, in words. */
  title: string
  shortNames: readonly string[]
  isNamespaced: boolean
  section: Section
  /** Whether the navigation leads to it. */
  isInNavigation: boolean
  /** Whether the navigation shows it only when asked for more. */
  isRare: boolean
  columns: { name: string; type: string; description: string; priority: number }[]
  /** How its list is sorted unless the reader chose otherwise. */
  defaultSort: { column: string; descending: boolean }
  canScale: boolean
  /** Whether new pods come of a change of its template. */
  canRestart: boolean
  /** Whether it keeps the templates it had. */
  hasRevisions: boolean
  /** Whether deleting it leaves a choice of what becomes of what it owns. */
  ownsOthers: boolean
  /** Whether it has pods whose logs can be read. */
  hasLogs: boolean
  hasHistory: boolean
  hasValuesToHide: boolean
  canCreate: boolean
  canDelete: boolean
}

const rollsItsTemplate = new Set(['deployments.apps', 'statefulsets.apps', 'daemonsets.apps'])
const runsPods = new Set([...rollsItsTemplate, 'replicasets.apps', 'replicationcontrollers', 'jobs.batch', 'pods'])

export function kindInfoOf(kind: Kind): KindInfo {
  return {
    group: kind.group,
    version: kind.version,
    apiVersion: kind.apiVersion,
    kind: kind.kind,
    plural: kind.plural,
    resource: kind.resource,
    title: pluralTitle(kind),
    shortNames: kind.shortNames,
    isNamespaced: kind.scope === 'Namespaced',
    section: sectionOf(kind),
    isInNavigation: isInNavigation(kind),
    isRare: isRare(kind),
    columns: columnsOf(kind).map(({ name, type, description, priority }) => ({ name, type, description, priority })),
    defaultSort: defaultSortOf(kind),
    canScale: kind.scale !== undefined,
    canRestart: rollsItsTemplate.has(kind.resource),
    hasRevisions: keepsRevisions.has(kind.resource),
    ownsOthers: (runsPods.has(kind.resource) && kind.resource !== 'pods') || kind.resource === 'cronjobs.batch',
    hasLogs: runsPods.has(kind.resource),
    hasHistory: kind.history === 'full',
    hasValuesToHide: kind.resource === 'secrets',
    canCreate: kind.verbs.includes('create'),
    canDelete: kind.verbs.includes('delete'),
  }
}

/** By name, but what tells when something happened newest first. */
function defaultSortOf(kind: Kind): KindInfo['defaultSort'] {
  const seen = columnsOf(kind).find(({ name }) => name.toLowerCase() === 'last seen')
  return seen ? { column: seen.name, descending: true } : { column: 'Name', descending: false }
}
