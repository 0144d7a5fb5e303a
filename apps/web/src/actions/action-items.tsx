import type { KindInfo } from '@quarterdeck/trpc'
import { MenuItem, MenuSeparator } from '@quarterdeck/ui'
import { FileCode2, History, ScrollText } from 'lucide-react'

import { navigate } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { useActions } from './actions-provider.tsx'
import { objectActionsOf, type ActionObject } from './object-actions.ts'

/** The menu of one object: places to go, then what can be done. */
export function ActionItems({ kind, object, onDeleted }: { kind: KindInfo; object: ActionObject; onDeleted?: () => void }) {
  const actions = useActions()
  const go = (tab: string) => () => navigate(objectHref({ resource: kind.resource, namespace: object.namespace, name: object.name }, tab))
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
      {objectActionsOf(kind, [object], { actions, done: onDeleted }).map(({ id, label, icon: Icon, isDanger = false, run }) => (
        <MenuItem key={id} onSelect={run} isDanger={isDanger}>
          <Icon aria-hidden /> {label}
        </MenuItem>
      ))}
    </>
  )
}
