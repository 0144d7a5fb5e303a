import type { KindInfo } from '@quarterdeck/trpc'
import { Button, EmptyState, IconButton, Menu, Problem, Spinner, StateBadge, Tabs, buttonClass, type TabSpec } from '@quarterdeck/ui'
import { ChevronRight, EllipsisVertical, SearchX } from 'lucide-react'
import { useState } from 'react'

import { ActionItems } from '../actions/action-items.tsx'
import { useActions } from '../actions/actions-provider.tsx'
import { objectActionsOf, type ActionObject } from '../actions/object-actions.ts'
import { targetOf } from '../actions/target.ts'
import { Loading } from '../api/loading.tsx'
import { kindOfResource, useKinds } from '../api/use-kinds.ts'
import { KindIcon } from '../console/kind-icon.tsx'
import { Link, setParameters, useLocation } from '../console/navigation.tsx'
import { UnknownKind } from '../console/not-found-page.tsx'
import { listHref, objectHref } from '../console/route.ts'
import { useTitle } from '../console/use-title.ts'
import { LogsTab } from '../logs/logs-tab.tsx'
import type { Condition } from './any-object.ts'
import { Cause, needsWords } from './cause.tsx'
import { EventsTab } from './events-tab.tsx'
import { HistoryTab } from './history-tab.tsx'
import { RevisionsTab } from './revisions-tab.tsx'
import { SummaryTab } from './summary-tab.tsx'
import { useInspection, type InspectionState } from './use-inspection.ts'
import { YamlTab } from './yaml-tab.tsx'

export interface DetailPageProps {
  resource: string
  namespace: string
  name: string
}

/** One object: how it is, what is around it, its YAML, logs, events and past. */
export function DetailPage({ resource, namespace, name }: DetailPageProps) {
  const { kinds, isLoading } = useKinds()
  const kind = kindOfResource(kinds, resource)
  if (isLoading) return <Spinner className="p-6" />
  if (!kind) return <UnknownKind resource={resource} />
  return <ObjectPage kind={kind} namespace={namespace} name={name} />
}

function ObjectPage({ kind, namespace, name }: { kind: KindInfo; namespace: string; name: string }) {
  useTitle(`${name} · ${kind.kind}`)
  const { parameters } = useLocation()
  const [isRevealed, setIsRevealed] = useState(false)
  const inspection = useInspection(kind, { namespace, name }, isRevealed)
  const { object, error } = inspection
  if (error && !object) return <NotThere kind={kind} name={name} namespace={namespace} message={error.message} />
  if (!object) return <Loading />
  const target = targetOf(kind, { namespace, name })
  const tabs: TabSpec[] = [
    {
      id: 'summary',
      label: 'Summary',
      content: <SummaryTab kind={kind} inspection={inspection} isRevealed={isRevealed} onReveal={setIsRevealed} />,
    },
    ...(kind.hasLogs
      ? [
          {
            id: 'logs',
            label: 'Logs',
            content: <LogsTab kind={kind} object={object} related={inspection.related ?? []} events={inspection.events ?? []} />,
          },
        ]
      : []),
    ...(kind.hasRevisions
      ? [
          {
            id: 'revisions',
            label: 'Revisions',
            content: <RevisionsTab target={target} generation={object.metadata.generation ?? 0} isPaused={object.spec?.paused === true} />,
          },
        ]
      : []),
    { id: 'events', label: 'Events', count: inspection.events?.length, content: <EventsTab events={inspection.events} /> },
    {
      id: 'yaml',
      label: 'YAML',
      content: (
        <YamlTab
          kind={kind}
          target={target}
          yaml={inspection.yaml}
          isRevealed={isRevealed}
          onReveal={setIsRevealed}
          isGone={inspection.isGone}
        />
      ),
    },
    ...(kind.hasHistory
      ? [
          {
            id: 'history',
            label: 'History',
            content: <HistoryTab target={target} revision={object.metadata.resourceVersion} isGone={inspection.isGone} />,
          },
        ]
      : []),
  ]
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <DetailHeader kind={kind} namespace={namespace} name={name} inspection={inspection} />
      <Tabs
        tabs={tabs}
        current={parameters.get('tab') ?? 'summary'}
        onChange={(tab) => setParameters({ tab: tab === 'summary' ? '' : tab })}
      />
    </div>
  )
}

function DetailHeader({
  kind,
  namespace,
  name,
  inspection,
}: {
  kind: KindInfo
  namespace: string
  name: string
  inspection: InspectionState
}) {
  const actions = useActions()
  const { object, state, isGone } = inspection
  const uid = object!.metadata.uid
  const actionObject: ActionObject = {
    namespace,
    name,
    id: uid,
    replicas: object?.spec?.replicas,
    owner: object?.metadata.ownerReferences?.find((reference) => reference.controller)?.name,
    unschedulable: object?.spec?.unschedulable,
    isSuspended: object?.spec?.suspend,
    isPaused: object?.spec?.paused,
    isFinished: kind.resource === 'jobs.batch' && object?.status?.conditions?.some(isOver),
  }
  return (
    <header className="shrink-0 px-3 pt-3 pb-2 sm:px-5">
      <Where kind={kind} namespace={namespace} />
      <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-2">
        <KindIcon resource={kind.resource} className="size-5 shrink-0 text-muted" />
        <h1 className="min-w-0 text-lg font-semibold tracking-tight break-all">{name}</h1>
        {isGone ? <StateBadge text="Deleted" tone="neutral" /> : state && !needsWords(state) && <StateBadge {...state} />}
        <div className="ml-auto flex items-center gap-1.5">
          {!isGone &&
            objectActionsOf(kind, [actionObject], { actions })
              .filter(({ isProminent }) => isProminent)
              .map(({ id, label, icon: Icon, run }) => (
                <Button key={id} onClick={run} aria-label={label.replace('…', '')} className="max-sm:!px-2">
                  <Icon aria-hidden /> <span className="max-sm:hidden">{label.replace('…', '')}</span>
                </Button>
              ))}
          {!isGone && (
            <Menu
              trigger={
                <IconButton label="More actions" look="plain">
                  <EllipsisVertical />
                </IconButton>
              }
            >
              <ActionItems kind={kind} object={actionObject} />
            </Menu>
          )}
        </div>
      </div>
      {!isGone && state && needsWords(state) && <Cause state={state} />}
      {isGone && kind.hasHistory && (
        <p className="mt-1.5 text-sm text-muted">It was deleted while you looked. What it was is below; its history can restore it.</p>
      )}
    </header>
  )
}

/** The list and the namespace that an object is in. */
function Where({ kind, namespace }: { kind: KindInfo; namespace: string }) {
  return (
    <nav aria-label="Where this is" className="flex min-w-0 items-center gap-1 text-xs text-muted">
      <Link href={listHref(kind.resource)} className="focus-ring rounded hover:text-ink hover:underline">
        {kind.title}
      </Link>
      {namespace && (
        <>
          <ChevronRight className="size-3" aria-hidden />
          <Link
            href={objectHref({ resource: 'namespaces', name: namespace })}
            className="focus-ring truncate rounded hover:text-ink hover:underline"
          >
            {namespace}
          </Link>
        </>
      )}
    </nav>
  )
}

/** What ends a Job. */
function isOver({ type, status }: Condition): boolean {
  return status === 'True' && (type === 'Complete' || type === 'Failed')
}

function NotThere({ kind, name, namespace, message }: { kind: KindInfo; name: string; namespace: string; message: string }) {
  const { parameters } = useLocation()
  if (parameters.get('tab') === 'history')
    return (
      <div className="flex min-h-0 flex-1 flex-col">
        <header className="shrink-0 border-b border-line px-3 pt-3 pb-2 sm:px-5">
          <Where kind={kind} namespace={namespace} />
          <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-2">
            <KindIcon resource={kind.resource} className="size-5 shrink-0 text-muted" />
            <h1 className="min-w-0 text-lg font-semibold tracking-tight break-all">{name}</h1>
            <StateBadge text="Deleted" tone="neutral" />
          </div>
        </header>
        <HistoryTab target={targetOf(kind, { namespace, name })} revision="" isGone />
      </div>
    )
  return (
    <div>
      <div className="p-5 pb-0">
        <Problem title={`${kind.kind} ${name} can’t be shown`}>{message}</Problem>
      </div>
      <EmptyState icon={SearchX} title="It is not here (any more)">
        <div className="flex flex-wrap justify-center gap-2">
          <Link href={listHref(kind.resource)} className={buttonClass()}>
            All {kind.title.toLowerCase()}
          </Link>
          {kind.hasHistory && <Button onClick={() => setParameters({ tab: 'history' })}>Look into its history</Button>}
        </div>
      </EmptyState>
    </div>
  )
}
