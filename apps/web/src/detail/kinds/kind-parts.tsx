import type { ReactNode } from 'react'

import type { AnyObject } from '../any-object.ts'
import type { Fact } from '../facts.tsx'
import { AutoscalerPanel } from './autoscaler-panel.tsx'
import { cronJobFacts, jobFacts } from './batch-facts.tsx'
import { BudgetPanel } from './budget-panel.tsx'
import { JobPanel } from './job-panel.tsx'
import { LimitPanel } from './limit-panel.tsx'
import { NextRunsPanel } from './next-runs-panel.tsx'
import { autoscalerFacts, budgetFacts, priorityFacts, quotaFacts, revisionFacts } from './policy-facts.tsx'
import { QuotaPanel } from './quota-panel.tsx'
import { claimFacts, storageClassFacts, volumeFacts } from './storage-facts.tsx'
import { daemonSetFacts, deploymentFacts, statefulSetFacts } from './workload-facts.tsx'

/** What the page of a kind has beyond that of any other. */
interface KindParts {
  facts?: (object: never) => Fact[]
  /** Stands above the summary. */
  panel?: (props: { object: never }) => ReactNode
}

/** By resource. */
const parts: Readonly<Record<string, KindParts>> = {
  'deployments.apps': { facts: deploymentFacts },
  'statefulsets.apps': { facts: statefulSetFacts },
  'daemonsets.apps': { facts: daemonSetFacts },
  'jobs.batch': { facts: jobFacts, panel: JobPanel },
  'cronjobs.batch': { facts: cronJobFacts, panel: NextRunsPanel },
  'horizontalpodautoscalers.autoscaling': { facts: autoscalerFacts, panel: AutoscalerPanel },
  'poddisruptionbudgets.policy': { facts: budgetFacts, panel: BudgetPanel },
  resourcequotas: { facts: quotaFacts, panel: QuotaPanel },
  limitranges: { panel: LimitPanel },
  persistentvolumeclaims: { facts: claimFacts },
  persistentvolumes: { facts: volumeFacts },
  'storageclasses.storage.k8s.io': { facts: storageClassFacts },
  'priorityclasses.scheduling.k8s.io': { facts: priorityFacts },
  'controllerrevisions.apps': { facts: revisionFacts },
}

export function ownFactsOf(resource: string, object: AnyObject): Fact[] | undefined {
  return parts[resource]?.facts?.(object as never)
}

export function KindPanel({ resource, object }: { resource: string; object: AnyObject }) {
  const OwnPanel = parts[resource]?.panel
  return OwnPanel && <OwnPanel object={object as never} />
}
