import type { ReactNode } from 'react'

import type { AnyObject } from '../any-object.ts'
import type { Fact } from '../facts.tsx'
import { AutoscalerPanel } from './autoscaler-panel.tsx'
import { cronJobFacts, jobFacts } from './batch-facts.tsx'
import { BudgetPanel } from './budget-panel.tsx'
import { DeviceClaimPanel, DeviceTemplatePanel } from './device-claim-panels.tsx'
import { deviceClaimFacts, deviceClassFacts, deviceTemplateFacts, resourceSliceFacts } from './device-facts.tsx'
import { ServiceEndpointsPanel, SliceEndpointsPanel } from './endpoints-panel.tsx'
import { JobPanel } from './job-panel.tsx'
import { LimitPanel } from './limit-panel.tsx'
import { endpointSliceFacts, ipAddressFacts, serviceCidrFacts, serviceFacts } from './network-facts.tsx'
import { NextRunsPanel } from './next-runs-panel.tsx'
import { autoscalerFacts, budgetFacts, priorityFacts, quotaFacts, revisionFacts } from './policy-facts.tsx'
import { QuotaPanel } from './quota-panel.tsx'
import { secretFacts } from './secret-facts.tsx'
import { SliceDevicesPanel } from './slice-devices-panel.tsx'
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
  services: { facts: serviceFacts, panel: ServiceEndpointsPanel },
  'endpointslices.discovery.k8s.io': { facts: endpointSliceFacts, panel: SliceEndpointsPanel },
  'servicecidrs.networking.k8s.io': { facts: serviceCidrFacts },
  'ipaddresses.networking.k8s.io': { facts: ipAddressFacts },
  'resourceclaims.resource.k8s.io': { facts: deviceClaimFacts, panel: DeviceClaimPanel },
  'resourceclaimtemplates.resource.k8s.io': { facts: deviceTemplateFacts, panel: DeviceTemplatePanel },
  'deviceclasses.resource.k8s.io': { facts: deviceClassFacts },
  'resourceslices.resource.k8s.io': { facts: resourceSliceFacts, panel: SliceDevicesPanel },
  secrets: { facts: secretFacts },
}

export function ownFactsOf(resource: string, object: AnyObject): Fact[] | undefined {
  return parts[resource]?.facts?.(object as never)
}

export function KindPanel({ resource, object }: { resource: string; object: AnyObject }) {
  const OwnPanel = parts[resource]?.panel
  return OwnPanel && <OwnPanel object={object as never} />
}
