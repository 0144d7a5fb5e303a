import type { KindInfo } from '@quarterdeck/trpc'
import { MenuItem, MenuSeparator } from '@quarterdeck/ui'
import { Ban, CircleCheck, FileCode2, History, RotateCw, Scaling, ScrollText, Trash2 } from 'lucide-react'

import { navigate } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { useActions } from './actions-provider.tsx'
import { targetOf } from './target.ts'

export interface ActionObject {
  namespace: string
  name: string
  id: string
  owner?: string | undefined
  unschedulable?: boolean
  replicas?: number | undefined
}

/** The menu of one object: places to go, then what can be done. */
export function ActionItems({ kind, object, onDeleted }: { kind: KindInfo; object: ActionObject; onDeleted?: () => void }) {
  const actions = useActions()
  const target = targetOf(kind, object)
  const go = (tab: string) => () => navigate(objectHref({ resource: kind.resource, namespace: object.namespace, name: object.name }, tab))
  const canRestart = kind.canRestart || (kind.resource === 'pods' && object.owner !== undefined)
  return (
    <>
      {kind.hasLogs && (
        <MenuItem onSelect={go('logs')}>
          <ScrollText aria-hidden /> Logs
        </MenuItem>
      )}
      <MenuItem onSelect={go('yaml')}>
        <FileCode2 aria-hidden /> View or edit YAML
      </MenuItem>
      {kind.hasHistory && (
        <MenuItem onSelect={go('history')}>
          <History aria-hidden /> History
        </MenuItem>
      )}
      <MenuSeparator />
      {kind.canScale && (
        <MenuItem onSelect={() => actions.scale(kind, [target], object.replicas)}>
          <Scaling aria-hidden /> Scale…
        </MenuItem>
      )}
      {canRestart && (
        <MenuItem onSelect={() => actions.restart(kind, [target])}>
          <RotateCw aria-hidden /> Restart
        </MenuItem>
      )}
      {kind.resource === 'nodes' && (
        <MenuItem onSelect={() => actions.setSchedulable([target], object.unschedulable === true)}>
          {object.unschedulable ? <CircleCheck aria-hidden /> : <Ban aria-hidden />}
          {object.unschedulable ? 'Uncordon' : 'Cordon'}
        </MenuItem>
      )}
      {kind.canDelete && (
        <MenuItem isDanger onSelect={() => actions.remove(kind, [target], onDeleted)}>
          <Trash2 aria-hidden /> Delete…
        </MenuItem>
      )}
    </>
  )
}
