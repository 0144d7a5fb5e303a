import type { KindInfo } from '@quarterdeck/trpc'
import { Panel, cn } from '@quarterdeck/ui'

import { Link } from '../console/navigation.tsx'
import { listHref, objectHref } from '../console/route.ts'
import { Age } from '../console/time.tsx'
import type { AnyObject } from './any-object.ts'
import { Conditions } from './conditions.tsx'
import { Containers } from './containers.tsx'
import { DataPanel } from './data-panel.tsx'
import { Facts, Pairs, type Fact } from './facts.tsx'
import { factsOf } from './kind-facts.tsx'
import { KindPanel } from './kinds/kind-parts.tsx'
import { RelatedPanels } from './related-panels.tsx'
import { SchedulingPanel } from '../scheduling/scheduling-panel.tsx'
import { UsagePanel } from './usage-panel.tsx'
import type { InspectionState } from './use-inspection.ts'

export interface SummaryTabProps {
  kind: KindInfo
  inspection: InspectionState
  isRevealed: boolean
  onReveal: (next: boolean) => void
}

/** Kinds whose data are keys and values. */
const keyed = new Set(['configmaps', 'secrets'])

export function SummaryTab({ kind, inspection, isRevealed, onReveal }: SummaryTabProps) {
  const object = inspection.object!
  const podSpec = object.spec?.containers ? object.spec : (object.spec?.template ?? object.spec?.jobTemplate?.spec?.template)?.spec
  const isPod = kind.resource === 'pods' && !inspection.isGone
  const isPlaced = Boolean(object.spec?.nodeName)
  const scheduling = <SchedulingPanel namespace={object.metadata.namespace ?? ''} name={object.metadata.name} isPlaced={isPlaced} />
  const hasData = keyed.has(kind.resource) && Boolean(object.data ?? object.binaryData)
  const conditions = object.status?.conditions ?? []
  // What is in a namespace is more than stands beside a summary.
  const isWide = kind.resource === 'namespaces'
  const isAlone = inspection.related?.length === 0 && conditions.length === 0
  return (
    <div className={cn('grid items-start gap-3 p-3 sm:gap-4 sm:p-5', isAlone ? 'max-w-5xl' : !isWide && 'xl:grid-cols-[3fr_2fr]')}>
      <div className="flex min-w-0 flex-col gap-3 sm:gap-4">
        {isPod && !isPlaced && scheduling}
        {!inspection.isGone && <UsagePanel resource={kind.resource} object={object} usage={inspection.usage} />}
        <KindPanel resource={kind.resource} object={object} />
        <Panel title="Summary">
          <Facts facts={[...factsOf(kind.resource, object), ...metadataFacts(kind, object)]} />
        </Panel>
        {hasData && <DataPanel kind={kind} object={object} isRevealed={isRevealed} onReveal={onReveal} />}
        {podSpec?.containers && (
          <Containers
            spec={podSpec}
            status={object.status}
            namespace={object.metadata.namespace ?? ''}
            isTemplate={!object.spec?.containers}
          />
        )}
        {isPod && isPlaced && scheduling}
      </div>
      <div
        className={isWide ? 'min-w-0 gap-4 *:mb-4 *:break-inside-avoid md:columns-2 2xl:columns-3' : 'flex min-w-0 flex-col gap-3 sm:gap-4'}
      >
        {conditions.length > 0 && <Conditions conditions={conditions} />}
        <RelatedPanels related={inspection.related} />
      </div>
    </div>
  )
}

function metadataFacts(kind: KindInfo, { metadata }: AnyObject): Fact[] {
  const owner = metadata.ownerReferences?.find((reference) => reference.controller)
  const labelHref = (key: string, value: string): string => listHref(kind.resource, { labels: `${key}=${value}` })
  return [
    [
      'Namespace',
      metadata.namespace && (
        <Link href={objectHref({ resource: 'namespaces', name: metadata.namespace })} className="text-accent hover:underline">
          {metadata.namespace}
        </Link>
      ),
    ],
    ['Controlled by', owner && `${owner.kind} ${owner.name}`],
    [
      'Created',
      <span key="created">
        <Age time={metadata.creationTimestamp} /> ago
      </span>,
    ],
    ['Deleting since', metadata.deletionTimestamp && <Age time={metadata.deletionTimestamp} />],
    ['Finalizers', metadata.finalizers?.join(', ')],
    ['Labels', metadata.labels && Object.keys(metadata.labels).length > 0 && <Pairs pairs={metadata.labels} hrefOf={labelHref} />],
    ['Annotations', hasShownAnnotations(metadata.annotations) && <Pairs pairs={shownAnnotations(metadata.annotations)} />],
    [
      'UID',
      <code key="uid" className="font-mono text-xs text-muted">
        {metadata.uid}
      </code>,
    ],
  ]
}

const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration'

function shownAnnotations(annotations: Record<string, string> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => key !== lastApplied))
}

function hasShownAnnotations(annotations: Record<string, string> | undefined): boolean {
  return Object.keys(shownAnnotations(annotations)).length > 0
}
