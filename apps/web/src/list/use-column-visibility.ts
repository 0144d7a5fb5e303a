import type { KindInfo } from '@quarterdeck/trpc'
import { useState } from 'react'

const key = (resource: string): string => `quarterdeck.columns.${resource}`

/** Columns of the narrow output that hardly ever say something, and take the room of those that do. */
const hiddenAtFirst = new Set([
  'daemonsets.apps/Node Selector',
  'persistentvolumes/VolumeAttributesClass',
  'persistentvolumes/Reason',
  'persistentvolumeclaims/VolumeAttributesClass',
])

/** Which columns are shown: those of the narrow output unless the reader chose otherwise. Kept between visits. */
export function useColumnVisibility(kind: KindInfo): [Record<string, boolean>, (column: string, isShown: boolean) => void] {
  const [visibility, setVisibility] = useState<Record<string, boolean>>(() => {
    const byPriority = Object.fromEntries(
      kind.columns.map(({ name, priority }) => [name, priority === 0 && !hiddenAtFirst.has(`${kind.resource}/${name}`)]),
    )
    try {
      const stored: unknown = JSON.parse(localStorage.getItem(key(kind.resource)) ?? '{}')
      return { ...byPriority, Namespace: true, ...(stored as Record<string, boolean>) }
    } catch {
      return byPriority
    }
  })
  const show = (column: string, isShown: boolean): void => {
    const next = { ...visibility, [column]: isShown }
    setVisibility(next)
    try {
      localStorage.setItem(key(kind.resource), JSON.stringify(next))
    } catch {
      // Kept for this visit only.
    }
  }
  return [visibility, show]
}
