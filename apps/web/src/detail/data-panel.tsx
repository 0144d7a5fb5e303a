import type { KindInfo } from '@quarterdeck/trpc'
import { Button, IconButton, Panel } from '@quarterdeck/ui'
import { Copy, Eye, EyeOff } from 'lucide-react'
import { toast } from 'sonner'

import type { AnyObject } from './any-object.ts'

const maxShownCharacters = 20_000

export interface DataPanelProps {
  kind: KindInfo
  object: AnyObject
  isRevealed: boolean
  onReveal: (next: boolean) => void
}

/** The keys and values of a ConfigMap or a Secret; a Secret's values are not even sent until they are asked for. */
export function DataPanel({ kind, object, isRevealed, onReveal }: DataPanelProps) {
  const isSecret = kind.hasValuesToHide
  const entries = [
    ...Object.entries(object.data ?? {}).map(([key, value]) => [key, isSecret && isRevealed ? decoded(value) : value] as const),
    ...Object.entries(object.binaryData ?? {}).map(([key, value]) => [key, decoded(value)] as const),
  ]
  return (
    <Panel
      title={`Data (${entries.length})`}
      actions={
        isSecret && (
          <Button size="small" onClick={() => onReveal(!isRevealed)} aria-pressed={isRevealed}>
            {isRevealed ? <EyeOff aria-hidden /> : <Eye aria-hidden />}
            {isRevealed ? 'Hide values' : 'Reveal values'}
          </Button>
        )
      }
    >
      {entries.length === 0 && <p className="px-4 py-3 text-sm text-muted">It holds nothing.</p>}
      <dl className="divide-y divide-line">
        {entries.map(([key, value]) => (
          <div key={key} className="px-4 py-2.5">
            <dt className="flex items-center gap-2">
              <span className="min-w-0 flex-1 truncate font-mono text-xs font-medium">{key}</span>
              {(!isSecret || isRevealed) && (
                <IconButton
                  label={`Copy ${key}`}
                  size="small"
                  onClick={() => void navigator.clipboard.writeText(value).then(() => toast.success(`${key} is copied`))}
                >
                  <Copy />
                </IconButton>
              )}
            </dt>
            <dd className="mt-1">
              {isSecret && !isRevealed ? (
                <span className="font-mono text-xs text-faint" aria-label="hidden value">
                  ••••••••
                </span>
              ) : (
                <pre className="max-h-72 overflow-auto rounded bg-page p-2 font-mono text-xs break-words whitespace-pre-wrap">
                  {value.slice(0, maxShownCharacters)}
                </pre>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}

/** Base64 as text, or as it is where it holds no text. */
function decoded(value: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(atob(value), (c) => c.codePointAt(0)!))
  } catch {
    return value
  }
}
