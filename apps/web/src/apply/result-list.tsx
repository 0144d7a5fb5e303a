import type { DocumentResult } from '@quarterdeck/trpc'
import { ToneIcon, cn, type Tone } from '@quarterdeck/ui'

import { Link } from '../console/navigation.tsx'
import { objectHref } from '../console/route.ts'
import { DiffView } from '../editor/diff-view.tsx'

const words: Record<DocumentResult['action'], { preview: string; applied: string; tone: Tone }> = {
  created: { preview: 'would be created', applied: 'created', tone: 'good' },
  configured: { preview: 'would change', applied: 'changed', tone: 'progress' },
  unchanged: { preview: 'stays as it is', applied: 'unchanged', tone: 'neutral' },
}

/** What happened to each object, or would, with the difference to what is stored now. */
export function ResultList({ type, results }: { type: 'preview' | 'applied'; results: readonly DocumentResult[] }) {
  return (
    <>
      <h2 className="flex items-center gap-2 px-1 text-sm font-semibold">
        {type === 'preview' ? `This is what the server would store (${results.length})` : `Applied (${results.length})`}
      </h2>
      {results.map((result) => (
        <Result key={`${result.file}:${result.line}:${result.kind}/${result.namespace}/${result.name}`} type={type} result={result} />
      ))}
    </>
  )
}

function Result({ type, result }: { type: 'preview' | 'applied'; result: DocumentResult }) {
  const { tone, ...texts } = words[result.action]
  const name = `${result.namespace ? `${result.namespace}/` : ''}${result.name}`
  return (
    <details
      open={type === 'preview' && result.action !== 'unchanged'}
      className="shrink-0 overflow-hidden rounded-lg border border-line bg-surface"
    >
      <summary className="focus-ring flex cursor-pointer items-center gap-2 px-4 py-2 text-sm hover:bg-hover/60">
        <ToneIcon tone={tone} />
        <span className="text-muted">{result.kind}</span>
        {type === 'applied' || result.action !== 'created' ? (
          <Link href={objectHref(result)} className="min-w-0 truncate font-medium hover:text-accent hover:underline">
            {name}
          </Link>
        ) : (
          <span className="min-w-0 truncate font-medium">{name}</span>
        )}
        <span className={cn('ml-auto shrink-0 text-xs text-muted')}>{texts[type]}</span>
      </summary>
      <div className="border-t border-line py-1">
        <DiffView before={result.before} after={result.after} label={`Difference of ${result.kind} ${name}`} />
      </div>
    </details>
  )
}
