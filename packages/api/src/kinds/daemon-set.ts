import { isDeepStrictEqual } from 'node:util'

import type { Namespaced } from '@quarterdeck/api-machinery'

import type { V1DaemonSet } from '../generated/types.ts'
import { ageColumn, defineKind, nameColumn } from '../kind.ts'
import { applyPodTemplateDefaults } from '../pod-spec/defaults.ts'
import { workloadWarnings } from '../pod-spec/pod-warnings.ts'
import { labelMapText, selectorText, templateColumns } from '../pod-spec/template-columns.ts'
import { validateDaemonSet, validateDaemonSetStatusUpdate, validateDaemonSetUpdate } from '../validation/daemon-set.ts'

export type DaemonSet = Namespaced<V1DaemonSet, 'spec' | 'status'>

/** How often the template changed, counted by the server: what is left of a field of earlier versions. */
export const templateGenerationAnnotation = 'deprecated.daemonset.template.generation'

const selectorOf = (object: DaemonSet): string => selectorText(object.spec.selector)

export const daemonSets = defineKind<DaemonSet>({
  group: 'apps',
  version: 'v1',
  kind: 'DaemonSet',
  plural: 'daemonsets',
  scope: 'Namespaced',
  model: 'V1DaemonSet',
  shortNames: ['ds'],
  categories: ['all'],
  hasStatus: true,
  hasGeneration: true,
  columns: [
    nameColumn,
    {
      name: 'Desired',
      type: 'integer',
      description: 'Nodes that should run a pod of it.',
      priority: 0,
      value: (o) => o.status?.desiredNumberScheduled ?? 0,
    },
    {
      name: 'Current',
      type: 'integer',
      description: 'Nodes that run at least one pod of it, and should.',
      priority: 0,
      value: (o) => o.status?.currentNumberScheduled ?? 0,
    },
    { name: 'Ready', type: 'integer', description: 'Nodes with a ready pod of it.', priority: 0, value: (o) => o.status?.numberReady ?? 0 },
    {
      name: 'Up-to-date',
      type: 'integer',
      description: 'Nodes with a pod of the present template.',
      priority: 0,
      value: (o) => o.status?.updatedNumberScheduled ?? 0,
    },
    {
      name: 'Available',
      type: 'integer',
      description: 'Nodes with a pod that has been ready for at least minReadySeconds.',
      priority: 0,
      value: (o) => o.status?.numberAvailable ?? 0,
    },
    {
      name: 'Node Selector',
      type: 'string',
      description: 'Labels of the nodes it runs on.',
      priority: 0,
      value: (o) => labelMapText(o.spec.template?.spec?.nodeSelector),
    },
    ageColumn,
    ...templateColumns(selectorOf),
  ],
  applyDefaults({ spec }) {
    if (!spec) return
    const strategy = (spec.updateStrategy ??= {})
    strategy.type ??= 'RollingUpdate'
    if (strategy.type === 'RollingUpdate') {
      const rollingUpdate = (strategy.rollingUpdate ??= {})
      rollingUpdate.maxUnavailable ??= 1
      rollingUpdate.maxSurge ??= 0
    }
    spec.revisionHistoryLimit ??= 10
    applyPodTemplateDefaults(spec.template)
  },
  prepareForCreate(object) {
    object.status = { currentNumberScheduled: 0, desiredNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 }
    setTemplateGeneration(object, Math.max(1, templateGenerationOf(object)))
  },
  prepareForUpdate(object, old) {
    const isSame = isDeepStrictEqual(completeTemplateOf(object), completeTemplateOf(old))
    setTemplateGeneration(object, templateGenerationOf(old) + (isSame ? 0 : 1))
  },
  validate: validateDaemonSet,
  warnings: (object, old) => workloadWarnings(object, old, { namesPods: false }),
  validateUpdate: validateDaemonSetUpdate,
  validateStatusUpdate: validateDaemonSetStatusUpdate,
})

/** A template that leaves out what defaults say is the same as one that says it. */
function completeTemplateOf({ spec }: DaemonSet): unknown {
  const template = structuredClone(spec.template)
  applyPodTemplateDefaults(template)
  return template
}

function templateGenerationOf({ metadata }: DaemonSet): number {
  const text = metadata.annotations?.[templateGenerationAnnotation] ?? ''
  return /^\d{1,15}$/.test(text) ? Number(text) : 0
}

function setTemplateGeneration({ metadata }: DaemonSet, generation: number): void {
  metadata.annotations = { ...metadata.annotations, [templateGenerationAnnotation]: String(generation) }
}
