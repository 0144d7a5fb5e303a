import type { KindInfo, WhatIfStep } from '@quarterdeck/trpc'

export type { WhatIfStep }

type ScaleKind = Extract<WhatIfStep, { action: 'scale' }>['kind']

const scaleKinds: Readonly<Record<string, ScaleKind>> = {
  'deployments.apps': 'Deployment',
  'replicasets.apps': 'ReplicaSet',
  'statefulsets.apps': 'StatefulSet',
  replicationcontrollers: 'ReplicationController',
}

export const allScaleKinds: readonly ScaleKind[] = Object.values(scaleKinds)

/** The kind as a question names it; undefined if it can't be scaled in one. */
export const scaleKindOf = ({ resource }: Pick<KindInfo, 'resource'>): ScaleKind | undefined => scaleKinds[resource]

/** The page that answers a question: the address says what was asked. */
export function whatIfHref(steps: readonly WhatIfStep[]): string {
  return steps.length === 0 ? '/what-if' : `/what-if?steps=${encodeURIComponent(JSON.stringify(steps))}`
}

/** The steps of an address; none if it says nothing that makes sense. The server looks closer. */
export function stepsIn(parameters: URLSearchParams): WhatIfStep[] {
  try {
    const steps: unknown = JSON.parse(parameters.get('steps') ?? '[]')
    return Array.isArray(steps) ? (steps as WhatIfStep[]).filter((step) => typeof step?.action === 'string') : []
  } catch {
    return []
  }
}

/** A step in words. */
export function stepText(step: WhatIfStep): string {
  switch (step.action) {
    case 'drain':
      return `Drain node ${step.node}`
    case 'lose':
      return `Lose node ${step.node}`
    case 'add':
      return step.count === 1 ? `Add a node like ${step.like}` : `Add ${step.count} nodes like ${step.like}`
    case 'scale':
      return `Scale ${step.kind} ${step.namespace}/${step.name} to ${step.replicas}`
  }
}
