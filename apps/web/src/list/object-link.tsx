import { useKinds } from '../api/use-kinds.ts'
import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'

/** What an event is about (`pod/web-1`), as a link where the kind is known. */
export function ObjectLink({ text, namespace }: { text: string; namespace: string }) {
  const { kinds } = useKinds()
  const slash = text.indexOf('/')
  const name = text.slice(slash + 1)
  const kind = kinds.find(({ kind: kindName }) => kindName.toLowerCase() === text.slice(0, slash).toLowerCase())
  if (!kind || slash < 0) return <span title={text}>{text}</span>
  return (
    <Link
      href={objectHref({ resource: kind.resource, namespace: kind.isNamespaced ? namespace : '', name })}
      tabIndex={-1}
      title={text}
      className="focus-ring rounded hover:text-accent hover:underline"
    >
      {text}
    </Link>
  )
}
