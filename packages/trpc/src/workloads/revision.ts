import { isDeepStrictEqual } from 'node:util'

import { controllerRevisions, deployments, replicaSets, type ControllerRevision, type Kind, type ReplicaSet } from '@quarterdeck/api'
import { badRequest, controllerOf, type KubeObject } from '@quarterdeck/api-machinery'
import type { Client } from '@quarterdeck/client'

const revisionAnnotation = 'deployment.kubernetes.io/revision'
const changeCauseAnnotation = 'kubernetes.io/change-cause'
const templateHashLabel = 'pod-template-hash'

/** A pod template as a workload has it. */
export type Template = Record<string, unknown>

/** A former or present template of a workload. */
export interface Revision {
  number: number
  /** What keeps it: a ReplicaSet, or a ControllerRevision. */
  keptIn: KubeObject
  template: Template
  /** Whether the workload has this template now. */
  isCurrent: boolean
  changeCause: string | undefined
}

/** What a workload that keeps revisions has of interest here. */
export type RollingWorkload = KubeObject & { spec: { template: Template; paused?: boolean } }

/** The kinds that keep revisions of their template. */
export const keepsRevisions: ReadonlySet<string> = new Set([deployments.resource, 'statefulsets.apps', 'daemonsets.apps'])

/** The revisions of a Deployment, StatefulSet or DaemonSet that are kept, newest first. Throws BadRequest for other kinds. */
export async function revisionsOf(client: Client, kind: Kind, workload: RollingWorkload): Promise<Revision[]> {
  if (!keepsRevisions.has(kind.resource)) throw badRequest(`a ${kind.kind} keeps no revisions of its template`)
  const { namespace = '', uid } = workload.metadata
  const keptBy: Kind = kind.resource === deployments.resource ? replicaSets : controllerRevisions
  const { items } = await client.list(keptBy, { namespace })
  return items
    .filter((item) => controllerOf(item)?.uid === uid)
    .flatMap((item) => {
      const number = numberOf(item)
      const template = templateOf(item)
      if (number === undefined || !template) return []
      const isCurrent = isDeepStrictEqual(template, withoutHash(workload.spec.template))
      return [{ number, keptIn: item, template, isCurrent, changeCause: item.metadata.annotations?.[changeCauseAnnotation] }]
    })
    .toSorted((a, b) => b.number - a.number)
}

function numberOf(item: KubeObject): number | undefined {
  if (item.kind === controllerRevisions.kind) return (item as ControllerRevision).revision
  const text = item.metadata.annotations?.[revisionAnnotation] ?? ''
  return /^\d+$/.test(text) ? Number(text) : undefined
}

function templateOf(item: KubeObject): Template | undefined {
  if (item.kind !== controllerRevisions.kind) return withoutHash((item as ReplicaSet).spec?.template as Template | undefined)
  const { spec } = ((item as ControllerRevision).data ?? {}) as { spec?: { template?: Template } }
  if (!spec?.template) return undefined
  const { $patch: _, ...template } = spec.template
  return template
}

/** A ReplicaSet's template has a label more than its Deployment's. */
function withoutHash(template: Template | undefined): Template | undefined {
  const { labels, ...metadata } = (template?.['metadata'] ?? {}) as { labels?: Record<string, string> }
  if (!template || !labels) return template
  const { [templateHashLabel]: _, ...rest } = labels
  return { ...template, metadata: { ...metadata, labels: rest } }
}
