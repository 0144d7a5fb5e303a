import { Tabs as Radix } from 'radix-ui'
import { useEffect, useRef, type ReactNode } from 'react'

export interface TabSpec {
  id: string
  label: string
  count?: number | undefined
  content: ReactNode
}

/** Tabs whose choice the caller keeps (in the address). Only the chosen one is rendered. */
export function Tabs({ tabs, current, onChange }: { tabs: readonly TabSpec[]; current: string; onChange: (id: string) => void }) {
  const shown = tabs.some((tab) => tab.id === current) ? current : (tabs[0]?.id ?? '')
  const list = useRef<HTMLDivElement>(null)
  useEffect(() => {
    list.current?.querySelector('[data-state=active]')?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
  }, [shown])
  return (
    <Radix.Root value={shown} onValueChange={onChange} className="flex min-h-0 flex-1 flex-col">
      <Radix.List ref={list} className="flex shrink-0 gap-1 overflow-x-auto border-b border-line px-3 sm:px-5">
        {tabs.map((tab) => (
          <Radix.Trigger
            key={tab.id}
            value={tab.id}
            className="focus-ring -mb-px cursor-pointer border-b-2 border-transparent px-2.5 py-2 text-sm whitespace-nowrap text-muted hover:text-ink data-[state=active]:border-accent data-[state=active]:font-medium data-[state=active]:text-ink"
          >
            {tab.label}
            {tab.count !== undefined && tab.count > 0 && (
              <span className="ml-1.5 rounded-full bg-hover px-1.5 text-xs tabular-nums">{tab.count}</span>
            )}
          </Radix.Trigger>
        ))}
      </Radix.List>
      {tabs.map((tab) => (
        <Radix.Content key={tab.id} value={tab.id} className="min-h-0 flex-1 overflow-auto outline-none" tabIndex={-1}>
          {tab.content}
        </Radix.Content>
      ))}
    </Radix.Root>
  )
}
