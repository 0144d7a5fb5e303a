import { Check } from 'lucide-react'
import { DropdownMenu as Radix } from 'radix-ui'
import { createContext, useContext, useRef, type ReactNode } from 'react'

import { cn } from './class-names.ts'

const panel = 'z-50 min-w-44 max-w-[90vw] max-h-[70vh] overflow-auto rounded-md border border-line bg-raised p-1 text-sm shadow-pop'
const item =
  'flex cursor-pointer items-center gap-2 rounded px-2 py-1.5 outline-none select-none data-[highlighted]:bg-hover data-[disabled]:opacity-50 [&_svg]:size-4'

/** What was chosen waits until the menu has closed. */
const ChosenContext = createContext<{ current: (() => void) | undefined }>({ current: undefined })

/**
 * A menu that opens from its trigger, worked with arrow keys. What is chosen happens once the trigger has the focus again,
 * so that a dialog it opens gives the focus back to something that is still there.
 */
export function Menu({ trigger, children, align = 'end' }: { trigger: ReactNode; children: ReactNode; align?: 'start' | 'end' }) {
  const chosen = useRef<() => void>(undefined)
  const act = (): void => {
    const run = chosen.current
    chosen.current = undefined
    // The focus moves right after this.
    if (run) setTimeout(run)
  }
  return (
    <Radix.Root modal={false}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content align={align} sideOffset={4} collisionPadding={8} className={panel} onCloseAutoFocus={act}>
          <ChosenContext value={chosen}>{children}</ChosenContext>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export interface MenuItemProps {
  children: ReactNode
  onSelect: () => void
  isDanger?: boolean
  isDisabled?: boolean
}

export function MenuItem({ children, onSelect, isDanger, isDisabled = false }: MenuItemProps) {
  const chosen = useContext(ChosenContext)
  return (
    <Radix.Item className={cn(item, isDanger && 'text-bad')} onSelect={() => (chosen.current = onSelect)} disabled={isDisabled}>
      {children}
    </Radix.Item>
  )
}

/** An item that is on or off; choosing it keeps the menu open. */
export function MenuCheckItem({
  children,
  isChecked,
  onChange,
}: {
  children: ReactNode
  isChecked: boolean
  onChange: (next: boolean) => void
}) {
  return (
    <Radix.CheckboxItem
      className={cn(item, 'pl-7 relative')}
      checked={isChecked}
      onCheckedChange={onChange}
      onSelect={(event) => event.preventDefault()}
    >
      <Radix.ItemIndicator className="absolute left-2">
        <Check />
      </Radix.ItemIndicator>
      {children}
    </Radix.CheckboxItem>
  )
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <Radix.Label className="px-2 py-1 text-xs text-muted">{children}</Radix.Label>
}

export function MenuSeparator() {
  return <Radix.Separator className="my-1 h-px bg-line" />
}
