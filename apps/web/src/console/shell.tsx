import { IconButton } from '@quarterdeck/ui'
import { Menu as MenuIcon } from 'lucide-react'
import { useEffect, useState, type ReactNode } from 'react'

import { CommandPalette } from './command-palette.tsx'
import { ConnectionIndicator } from './connection-indicator.tsx'
import { Link, useLocation } from './navigation.tsx'
import { Logo } from './logo.tsx'
import { NamespacePicker } from './namespace-picker.tsx'
import { ShortcutHelp, useShortcuts } from './shortcuts.tsx'
import { Sidebar } from './sidebar.tsx'
import { ThemeToggle } from './theme.tsx'
import { UserMenu } from './user-menu.tsx'
import { ApplyLink } from './apply-link.tsx'
import { SearchButton } from './search-button.tsx'

/** What is around every page: navigation, namespaces, search, and whether what is shown is live. */
export function Shell({ children }: { children: ReactNode }) {
  const { path } = useLocation()
  const [isNavOpen, setIsNavOpen] = useState(false)
  const [isPaletteOpen, setIsPaletteOpen] = useState(false)
  const [isHelpOpen, setIsHelpOpen] = useState(false)
  useEffect(() => setIsNavOpen(false), [path])
  useShortcuts({ openPalette: () => setIsPaletteOpen(true), openHelp: () => setIsHelpOpen(true) })
  return (
    <div className="flex h-dvh flex-col">
      <a
        href="#main"
        className="focus-ring sr-only z-50 rounded bg-raised px-3 py-2 focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        Skip to the content
      </a>
      <header className="flex h-12 shrink-0 items-center gap-1.5 border-b border-line bg-surface px-2 sm:gap-2 sm:px-3">
        <IconButton label="Navigation" aria-expanded={isNavOpen} className="lg:hidden" onClick={() => setIsNavOpen(!isNavOpen)}>
          <MenuIcon />
        </IconButton>
        <Link
          href="/"
          className="focus-ring flex items-center gap-2 rounded-md px-1 py-1 font-semibold tracking-tight"
          aria-label="Quarterdeck: overview"
        >
          <Logo className="size-6" />
          <span className="max-sm:hidden">Quarterdeck</span>
        </Link>
        <NamespacePicker />
        <div className="flex-1" />
        <SearchButton onClick={() => setIsPaletteOpen(true)} />
        <ApplyLink />
        <ConnectionIndicator />
        <ThemeToggle />
        <UserMenu onHelp={() => setIsHelpOpen(true)} />
      </header>
      <div className="relative flex min-h-0 flex-1">
        <Sidebar isOpen={isNavOpen} onClose={() => setIsNavOpen(false)} path={path} />
        <main id="main" tabIndex={-1} className="flex min-h-0 min-w-0 flex-1 flex-col overflow-auto outline-none">
          {children}
        </main>
      </div>
      <CommandPalette isOpen={isPaletteOpen} onClose={() => setIsPaletteOpen(false)} />
      <ShortcutHelp isOpen={isHelpOpen} onClose={() => setIsHelpOpen(false)} />
    </div>
  )
}
