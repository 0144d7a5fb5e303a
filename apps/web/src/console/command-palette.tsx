import { Command } from 'cmdk'
import { useEffect, useState } from 'react'
import { Activity, FileUp, FlaskConical, Gauge, type LucideIcon } from 'lucide-react'

import { useKinds } from '../api/use-kinds.ts'
import { useObjectSearch } from '../api/use-object-search.ts'
import { StateBadge, useFocusReturn } from '@quarterdeck/ui'
import { KindIcon } from './kind-icon.tsx'
import { navigate } from './navigation.tsx'
import { listHref, objectHref } from './route.ts'

const item =
  'flex cursor-pointer items-center gap-2.5 rounded px-2.5 py-2 text-sm data-[selected=true]:bg-hover [&>svg]:size-4 [&>svg]:shrink-0 [&>svg]:text-muted'
const heading =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-faint'

const commands: readonly { href: string; name: string; words: string; icon: LucideIcon }[] = [
  { href: '/', name: 'Overview', words: 'overview', icon: Gauge },
  { href: '/control-plane', name: 'Control plane', words: 'control plane controllers scheduler worker leader metrics', icon: Activity },
  { href: '/what-if', name: 'What if', words: 'what if drain lose node scale simulate capacity plan', icon: FlaskConical },
  { href: '/apply', name: 'Apply YAML', words: 'apply yaml upload create', icon: FileUp },
]

/** Goes to any kind, any object and any command by a few letters of its name. */
export function CommandPalette({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { kinds } = useKinds()
  const [text, setText] = useState('')
  useFocusReturn(isOpen)
  useEffect(() => {
    if (isOpen) setText('')
  }, [isOpen])
  const objects = useObjectSearch(isOpen ? text : '', kinds)
  const go = (href: string): void => {
    onClose()
    navigate(href)
  }
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  const fits = (...names: string[]): boolean => words.every((word) => names.some((name) => name.toLowerCase().includes(word)))
  const shownKinds = kinds.filter((kind) => fits(kind.kind, kind.plural, kind.title, ...kind.shortNames))
  const shownCommands = commands.filter(({ words: names }) => fits(names))
  return (
    <Command.Dialog
      open={isOpen}
      onOpenChange={(open) => !open && onClose()}
      label="Search and commands"
      shouldFilter={false}
      overlayClassName="fixed inset-0 z-40 bg-black/45"
      contentClassName="fixed top-[10vh] left-1/2 z-50 w-[calc(100vw-1.5rem)] max-w-xl -translate-x-1/2 overflow-hidden rounded-lg border border-line bg-raised shadow-pop outline-none"
    >
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder="Search objects, kinds and commands"
        className="w-full border-b border-line bg-transparent px-4 py-3 text-base outline-none placeholder:text-faint"
      />
      <Command.List className="max-h-[60vh] overflow-auto p-2">
        <Command.Empty className="px-3 py-6 text-center text-sm text-muted">Nothing is called that.</Command.Empty>
        {objects.length > 0 && (
          <Command.Group heading="Objects" className={heading}>
            {objects.map(({ kind, row }) => (
              <Command.Item
                key={row.id}
                value={row.id}
                className={item}
                onSelect={() => go(objectHref({ resource: kind.resource, namespace: row.namespace, name: row.name }))}
              >
                <KindIcon resource={kind.resource} />
                <span className="min-w-0 flex-1 truncate">
                  {row.name} <span className="text-muted">{row.namespace}</span>
                </span>
                {row.state && <StateBadge {...row.state} className="text-xs text-muted" />}
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {shownKinds.length > 0 && (
          <Command.Group heading="Kinds" className={heading}>
            {shownKinds.map((kind) => (
              <Command.Item key={kind.resource} value={kind.resource} className={item} onSelect={() => go(listHref(kind.resource))}>
                <KindIcon resource={kind.resource} />
                {kind.title}
              </Command.Item>
            ))}
          </Command.Group>
        )}
        {shownCommands.length > 0 && (
          <Command.Group heading="Commands" className={heading}>
            {shownCommands.map(({ href, name, icon: Icon }) => (
              <Command.Item key={href} value={href} className={item} onSelect={() => go(href)}>
                <Icon aria-hidden /> {name}
              </Command.Item>
            ))}
          </Command.Group>
        )}
      </Command.List>
    </Command.Dialog>
  )
}
