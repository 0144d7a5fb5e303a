import { Dialog, Kbd } from '@quarterdeck/ui'
import { useEffect, useRef } from 'react'

import { navigate } from './navigation.tsx'
import { listHref } from './route.ts'

/** Where `g` and a letter go. */
const places: Readonly<Record<string, { href: string; name: string }>> = {
  o: { href: '/', name: 'Overview' },
  p: { href: listHref('pods'), name: 'Pods' },
  d: { href: listHref('deployments.apps'), name: 'Deployments' },
  r: { href: listHref('replicasets.apps'), name: 'Replica sets' },
  s: { href: listHref('services'), name: 'Services' },
  c: { href: listHref('configmaps'), name: 'Config maps' },
  n: { href: listHref('nodes'), name: 'Nodes' },
  m: { href: listHref('namespaces'), name: 'Namespaces' },
  e: { href: listHref('events'), name: 'Events' },
  t: { href: listHref('statefulsets.apps'), name: 'Stateful sets' },
  b: { href: listHref('jobs.batch'), name: 'Jobs' },
  v: { href: listHref('persistentvolumeclaims'), name: 'Volume claims' },
  w: { href: '/control-plane', name: 'Control plane' },
  i: { href: '/what-if', name: 'What if' },
  a: { href: '/apply', name: 'Apply YAML' },
}

const chordMs = 1200

export interface ShortcutTargets {
  openPalette: () => void
  openHelp: () => void
}

/** The keys that work everywhere. Lists add their own. */
export function useShortcuts(targets: ShortcutTargets): void {
  const latest = useRef(targets)
  latest.current = targets
  useEffect(() => {
    let goPressedAt = -Infinity
    const onKey = (event: KeyboardEvent): void => {
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault()
        latest.current.openPalette()
        return
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (performance.now() - goPressedAt < chordMs) {
        goPressedAt = -Infinity
        const place = places[event.key]
        if (place) {
          event.preventDefault()
          navigate(place.href)
        }
        return
      }
      if (event.key === 'g') goPressedAt = performance.now()
      else if (event.key === '?') latest.current.openHelp()
      else if (event.key === '/') focusFilter(event)
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  }, [])
}

export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false
  return (
    target.isContentEditable ||
    ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName) ||
    target.closest('[role="dialog"],[role="menu"]') !== null
  )
}

function focusFilter(event: KeyboardEvent): void {
  const filter = document.querySelector<HTMLInputElement>('[data-filter]')
  if (!filter) return
  event.preventDefault()
  filter.focus()
  filter.select()
}

const general = [
  { keys: ['Ctrl', 'K'], text: 'Search and commands' },
  { keys: ['/'], text: 'Filter the list' },
  { keys: ['?'], text: 'This help' },
  { keys: ['↑', '↓'], text: 'Move in a list (also j and k)' },
  { keys: ['Enter'], text: 'Open the row' },
  { keys: ['x'], text: 'Select the row' },
  { keys: ['m'], text: 'What can be done with the row' },
  { keys: ['l'], text: 'Logs of the row' },
  { keys: ['Del'], text: 'Delete the row or what is selected' },
  { keys: ['Esc'], text: 'Close, or clear the selection' },
]

export function ShortcutHelp({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const goes = Object.entries(places).map(([key, { name }]) => ({ keys: ['g', key], text: name }))
  return (
    <Dialog isOpen={isOpen} onClose={onClose} title="Keyboard shortcuts">
      <div className="grid gap-x-8 gap-y-1.5 sm:grid-cols-2">
        {[general, goes].map((group) => (
          <dl key={group[0]!.text} className="flex flex-col gap-1.5">
            {group.map(({ keys, text }) => (
              <div key={text} className="flex items-center justify-between gap-3">
                <dt className="text-sm">{text}</dt>
                <dd className="flex gap-1">
                  {keys.map((key) => (
                    <Kbd key={key}>{key}</Kbd>
                  ))}
                </dd>
              </div>
            ))}
          </dl>
        ))}
      </div>
    </Dialog>
  )
}
