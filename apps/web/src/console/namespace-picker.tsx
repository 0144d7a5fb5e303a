import { Button, Checkbox, Input, Popover, cn } from '@quarterdeck/ui'
import { ChevronDown, FolderTree } from 'lucide-react'
import { useState } from 'react'

import { useNamespaceNames } from '../api/use-namespace-names.ts'
import { chooseNamespaces, useChosenNamespaces } from './namespaces.ts'

/** Narrows every list to some namespaces. */
export function NamespacePicker() {
  const [isOpen, setIsOpen] = useState(false)
  const chosen = useChosenNamespaces()
  const text = chosen.length === 0 ? 'All namespaces' : chosen.length === 1 ? chosen[0] : `${chosen.length} namespaces`
  return (
    <Popover
      label="Namespaces"
      isOpen={isOpen}
      onOpenChange={setIsOpen}
      trigger={
        <Button className="min-w-0 !shrink max-sm:max-w-28 max-sm:gap-1 max-sm:px-2" aria-label={`Namespaces: ${text}`} title={text}>
          <FolderTree aria-hidden />
          <span className="truncate max-sm:hidden">{text}</span>
          {chosen.length > 0 && <span className="tabular-nums sm:hidden">{chosen.length}</span>}
          <ChevronDown aria-hidden className="text-faint max-sm:hidden" />
        </Button>
      }
    >
      <Choices />
    </Popover>
  )
}

function Choices() {
  const names = useNamespaceNames()
  const chosen = useChosenNamespaces()
  const [search, setSearch] = useState('')
  const shown = names.filter((name) => name.includes(search.trim().toLowerCase()))
  const toggle = (name: string): void =>
    chooseNamespaces(chosen.includes(name) ? chosen.filter((other) => other !== name) : [...chosen, name])
  return (
    <>
      <div className="border-b border-line p-2">
        <Input
          placeholder="Find a namespace"
          aria-label="Find a namespace"
          value={search}
          autoFocus
          onChange={(event) => setSearch(event.target.value)}
        />
      </div>
      <ul className="min-h-0 flex-1 overflow-auto p-1">
        <li>
          <button
            type="button"
            onClick={() => chooseNamespaces([])}
            aria-pressed={chosen.length === 0}
            className={cn(
              'focus-ring w-full cursor-pointer rounded px-2 py-1.5 text-left hover:bg-hover',
              chosen.length === 0 && 'font-medium text-accent',
            )}
          >
            All namespaces
          </button>
        </li>
        {shown.map((name) => (
          <li key={name} className="group flex items-center gap-2 rounded px-2 hover:bg-hover">
            <Checkbox isChecked={chosen.includes(name)} onChange={() => toggle(name)} label={`Include ${name}`} />
            <button
              type="button"
              onClick={() => chooseNamespaces([name])}
              className="focus-ring min-w-0 flex-1 cursor-pointer truncate py-1.5 text-left"
              title={`Only ${name}`}
            >
              {name}
            </button>
          </li>
        ))}
        {shown.length === 0 && <li className="px-2 py-3 text-muted">No namespace is called that.</li>}
      </ul>
    </>
  )
}
