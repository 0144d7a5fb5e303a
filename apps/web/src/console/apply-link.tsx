import { buttonClass, cn } from '@quarterdeck/ui'
import { Plus } from 'lucide-react'

import { Link } from './navigation.tsx'

export function ApplyLink() {
  return (
    <Link href="/apply" aria-label="Apply YAML" className={cn(buttonClass('primary'), 'max-sm:!px-0 max-sm:aspect-square')}>
      <Plus aria-hidden />
      <span className="max-sm:hidden">Apply YAML</span>
    </Link>
  )
}
