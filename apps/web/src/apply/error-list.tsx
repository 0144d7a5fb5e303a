import type { DocumentError } from '@quarterdeck/trpc'
import { ToneIcon } from '@quarterdeck/ui'

/** Every complaint, each with a way to its line. */
export function ErrorList({ errors, onShow }: { errors: readonly DocumentError[]; onShow: (error: DocumentError) => void }) {
  return (
    <div role="alert" className="shrink-0 overflow-hidden rounded-lg border border-bad/40 bg-surface">
      <h2 className="flex items-center gap-2 border-b border-line bg-bad-soft px-4 py-2 text-sm font-semibold">
        <ToneIcon tone="bad" /> Nothing was stored: {errors.length === 1 ? 'one thing is wrong' : `${errors.length} things are wrong`}
      </h2>
      <ul className="divide-y divide-line">
        {errors.map((error) => (
          <li key={`${error.file}:${error.line}:${error.message}`}>
            <button
              type="button"
              onClick={() => onShow(error)}
              className="focus-ring block w-full cursor-pointer px-4 py-2 text-left hover:bg-hover"
            >
              <span className="font-mono text-xs text-accent">
                {error.file}:{error.line}
              </span>
              <span className="ml-2 text-xs text-muted">{error.title}</span>
              <span className="mt-0.5 block text-sm break-words">{error.message}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}
