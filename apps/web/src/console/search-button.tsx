import { Kbd, buttonClass, cn } from '@quarterdeck/ui'
import { Search } from 'lucide-react'

const isApple = /Mac|iP(hone|ad)/.test(navigator.platform)

export function SearchButton({ onClick }: { onClick: () => void }) {
  return (
    <button
      type="button"
      onClick={onClick}
      className={cn(buttonClass('plain'), 'text-muted max-md:!px-0 max-md:aspect-square md:w-56 md:justify-start')}
    >
      <Search aria-hidden />
      <span className="flex-1 text-left font-normal max-md:sr-only">Search or jump to…</span>
      <span className="max-md:hidden" aria-hidden>
        <Kbd>{isApple ? '⌘' : 'Ctrl'} K</Kbd>
      </span>
    </button>
  )
}
