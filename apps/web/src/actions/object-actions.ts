import type { KindInfo } from '@quarterdeck/trpc'
import {
  Ban,
  CircleCheck,
  CirclePause,
  CirclePlay,
  FlaskConical,
  LogOut,
  Pause,
  Play,
  RotateCw,
  Scaling,
  Trash2,
  Undo2,
  Unplug,
  type LucideIcon,
} from 'lucide-react'

import { navigate } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { scaleKindOf, whatIfHref, type WhatIfStep } from '../what-if/steps.ts'
import type { Actions } from './actions-provider.tsx'
import { targetOf, type ActionTarget } from './target.ts'

/** What actions need to know of an object; a row of a list has it all. */
export interface ActionObject {
  namespace: string
  name: string
  id: string
  owner?: string | undefined
  unschedulable?: boolean | undefined
  replicas?: number | undefined
  isSuspended?: boolean | undefined
  isPaused?: boolean | undefined
  isFinished?: boolean | undefined
}

export interface ObjectAction {
  id: string
  /** With an ellipsis when it asks first. */
  label: string
  icon: LucideIcon
  isDanger?: boolean
  /** Whether it stands beside the title of the object's page, not only in its menu. */
  isProminent?: boolean
  run: () => void
}

interface Rule {
  id: string
  label: string
  icon: LucideIcon
  isDanger?: boolean
  isProminent?: boolean
  /** For one object at a time. */
  isSingle?: boolean
  fits: (kind: KindInfo, objects: readonly ActionObject[]) => boolean
  run: (context: RunContext) => void
}

interface RunContext {
  actions: Actions
  kind: KindInfo
  objects: readonly ActionObject[]
  targets: ActionTarget[]
  done: (() => void) | undefined
}

const is =
  (...resources: string[]) =>
  (kind: KindInfo): boolean =>
    resources.includes(kind.resource)
const isSuspendable = is('jobs.batch', 'cronjobs.batch')

/** Everything that can be done to objects, in the order of menus. */
const rules: readonly Rule[] = [
  {
    id: 'run',
    label: 'Run now',
    icon: Play,
    isProminent: true,
    isSingle: true,
    fits: is('cronjobs.batch'),
    run: ({ actions, kind, targets }) => actions.runNow(kind, targets[0]!),
  },
  {
    id: 'scale',
    label: 'Scale…',
    icon: Scaling,
    isProminent: true,
    fits: (kind) => kind.canScale,
    run: ({ actions, kind, targets, objects, done }) =>
      actions.scale(kind, targets, objects.length === 1 ? objects[0]?.replicas : undefined, done),
  },
  {
    id: 'restart',
    label: 'Restart',
    icon: RotateCw,
    isProminent: true,
    fits: (kind, objects) => kind.canRestart || (kind.resource === 'pods' && objects.every(({ owner }) => owner !== undefined)),
    run: ({ actions, kind, targets, done }) => actions.restart(kind, targets, done),
  },
  {
    id: 'roll-back',
    label: 'Roll back…',
    icon: Undo2,
    isSingle: true,
    fits: (kind) => kind.hasRevisions,
    run: ({ kind, objects }) => navigate(objectHref({ resource: kind.resource, ...keyOf(objects[0]!) }, 'revisions')),
  },
  {
    id: 'pause',
    label: 'Pause rollouts',
    icon: CirclePause,
    fits: (kind, objects) => is('deployments.apps')(kind) && objects.some(({ isPaused }) => !isPaused),
    run: ({ actions, kind, targets, done }) => actions.setPaused(kind, targets, true, done),
  },
  {
    id: 'unpause',
    label: 'Resume rollouts',
    icon: CirclePlay,
    isProminent: true,
    fits: (kind, objects) => is('deployments.apps')(kind) && objects.some(({ isPaused }) => isPaused),
    run: ({ actions, kind, targets, done }) => actions.setPaused(kind, targets, false, done),
  },
  {
    id: 'suspend',
    label: 'Suspend',
    icon: Pause,
    isProminent: true,
    fits: (kind, objects) => isSuspendable(kind) && objects.some(({ isSuspended, isFinished }) => !isSuspended && !isFinished),
    run: ({ actions, kind, targets, done }) => actions.setSuspended(kind, targets, true, done),
  },
  {
    id: 'resume',
    label: 'Resume',
    icon: CirclePlay,
    isProminent: true,
    fits: (kind, objects) => isSuspendable(kind) && objects.some(({ isSuspended, isFinished }) => isSuspended && !isFinished),
    run: ({ actions, kind, targets, done }) => actions.setSuspended(kind, targets, false, done),
  },
  {
    id: 'resize',
    label: 'Resize…',
    icon: Scaling,
    isProminent: true,
    isSingle: true,
    fits: is('persistentvolumeclaims'),
    run: ({ actions, kind, targets }) => actions.resize(kind, targets[0]!),
  },
  {
    id: 'evict',
    label: 'Evict…',
    icon: LogOut,
    fits: is('pods'),
    run: ({ actions, kind, targets, objects, done }) =>
      actions.evict(kind, targets, { unowned: objects.filter(({ owner }) => !owner).map(({ name }) => name), done }),
  },
  {
    id: 'cordon',
    label: 'Cordon',
    icon: Ban,
    isProminent: true,
    fits: (kind, objects) => is('nodes')(kind) && objects.some(({ unschedulable }) => !unschedulable),
    run: ({ actions, targets, done }) => actions.setSchedulable(targets, false, done),
  },
  {
    id: 'uncordon',
    label: 'Uncordon',
    icon: CircleCheck,
    isProminent: true,
    fits: (kind, objects) => is('nodes')(kind) && objects.some(({ unschedulable }) => unschedulable),
    run: ({ actions, targets, done }) => actions.setSchedulable(targets, true, done),
  },
  {
    id: 'drain',
    label: 'Drain…',
    icon: Unplug,
    isProminent: true,
    isSingle: true,
    fits: is('nodes'),
    run: ({ actions, kind, targets }) => actions.drain(kind, targets[0]!),
  },
  {
    id: 'what-if',
    label: 'What if…',
    icon: FlaskConical,
    isSingle: true,
    fits: (kind) => kind.resource === 'nodes' || scaleKindOf(kind) !== undefined,
    run: ({ kind, objects }) => navigate(whatIfHref([firstStepFor(kind, objects[0]!)])),
  },
  {
    id: 'delete',
    label: 'Delete…',
    icon: Trash2,
    isDanger: true,
    isProminent: true,
    fits: (kind) => kind.canDelete,
    run: ({ actions, kind, targets, done }) => actions.remove(kind, targets, done),
  },
]

/** What can be done to these objects of one kind. */
export function objectActionsOf(
  kind: KindInfo,
  objects: readonly ActionObject[],
  { actions, done }: { actions: Actions; done?: (() => void) | undefined },
): ObjectAction[] {
  const context: RunContext = { actions, kind, objects, done, targets: objects.map((object) => targetOf(kind, object)) }
  return rules
    .filter((rule) => objects.length > 0 && !(rule.isSingle && objects.length > 1) && rule.fits(kind, objects))
    .map((rule) => ({
      id: rule.id,
      label: rule.label,
      icon: rule.icon,
      isDanger: rule.isDanger ?? false,
      isProminent: rule.isProminent ?? false,
      run: () => rule.run(context),
    }))
}

/** What people ask first: whether the node can be done without, whether there is room for one more. */
function firstStepFor(kind: KindInfo, { namespace, name, replicas = 0 }: ActionObject): WhatIfStep {
  const scaled = scaleKindOf(kind)
  return scaled ? { action: 'scale', kind: scaled, namespace, name, replicas: replicas + 1 } : { action: 'drain', node: name }
}

const keyOf = ({ namespace, name }: ActionObject): { namespace: string; name: string } => ({ namespace, name })
