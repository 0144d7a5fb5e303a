import type { ReactNode } from 'react'

import { Link } from '../../console/navigation.tsx'
import { objectHref } from '../../console/route.ts'

export interface ObjectRefProps {
  resource: string
  namespace?: string | undefined
  name: string
  children?: ReactNode
}

/** The name of another object, leading to it. */
export function ObjectRef({ resource, namespace, name, children = name }: ObjectRefProps) {
  return (
    <Link href={objectHref({ resource, namespace, name })} className="focus-ring rounded text-accent hover:underline">
      {children}
    </Link>
  )
}
