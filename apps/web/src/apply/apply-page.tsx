import type { DocumentError, DocumentResult } from '@quarterdeck/trpc'
import { Button, Problem, cn } from '@quarterdeck/ui'
import { CheckCheck, Eye, FilePlus2, Sparkles, X } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { toast } from 'sonner'

import { api, isApiError, isUnanswered, isUnauthorized, messageOf } from '../api/trpc.ts'
import { goToSignIn } from '../api/go-to-sign-in.ts'
import { setParameters, useLocation } from '../console/navigation.tsx'
import { useTitle } from '../console/use-title.ts'
import { YamlEditor, type LineMark } from '../editor/yaml-editor.tsx'
import { nothingStored } from './nothing-stored.ts'
import { ErrorList } from './error-list.tsx'
import { FileDrop, FilePick } from './file-drop.tsx'
import { ResultList } from './result-list.tsx'
import { newSource, readFiles, useSources, type Source } from './sources.ts'

interface Outcome {
  type: 'preview' | 'applied'
  results: readonly DocumentResult[]
}

/** Upload, paste or write YAML, see what would be stored, and store all of it or nothing. */
export function ApplyPage() {
  useTitle('Apply YAML')
  const { parameters } = useLocation()
  const { sources, current, select, add, remove, edit, replaceAll, forget } = useSources()
  const [outcome, setOutcome] = useState<Outcome>()
  const [errors, setErrors] = useState<readonly DocumentError[]>([])
  const [problem, setProblem] = useState<string>()
  /** Whether it was stored is not known. */
  const [isUnknown, setIsUnknown] = useState(false)
  const [isBusy, setIsBusy] = useState(false)
  const [goTo, setGoTo] = useState<LineMark>()
  const wantsExample = parameters.get('example') !== null

  useEffect(() => {
    if (wantsExample) void loadExample()
    // Once, for the address that asks for it.
  }, [wantsExample])

  // What is stored is no draft any more: added to other files later, it would be stored once more.
  const leave = useRef(() => {})
  leave.current = () => {
    if (outcome?.type === 'applied') forget()
  }
  useEffect(() => () => leave.current(), [])

  function reset(): void {
    setOutcome(undefined)
    setErrors([])
    setProblem(undefined)
    setIsUnknown(false)
  }

  async function loadExample(): Promise<void> {
    const example = await api.cluster.exampleManifest.query()
    replaceAll([newSource(example.name, example.text)])
    setParameters({ example: '' })
    reset()
  }

  async function takeFiles(files: readonly File[]): Promise<void> {
    const { read, refused } = await readFiles(files)
    if (refused.length > 0) toast.error('Not taken', { description: refused.join('\n') })
    if (read.length > 0) add(read)
    reset()
  }

  async function send(dryRun: boolean): Promise<void> {
    setIsBusy(true)
    reset()
    try {
      const results = await api.objects.applyAll.mutate({ sources: sources.map(({ name, text }) => ({ name, text })), dryRun })
      if (results.length === 0) setProblem('There is no object in the text: paste YAML, or drop a file.')
      else setOutcome({ type: dryRun ? 'preview' : 'applied', results })
      if (!dryRun && results.length > 0) toast.success(appliedText(results))
    } catch (failure) {
      if (isUnauthorized(failure)) goToSignIn()
      setIsUnknown(!dryRun && isUnanswered(failure))
      const documents = isApiError(failure) ? (failure.data as { documents?: DocumentError[] } | undefined)?.documents : undefined
      if (documents) showErrors(documents)
      else setProblem(messageOf(failure))
    } finally {
      setIsBusy(false)
    }
  }

  function showErrors(documents: readonly DocumentError[]): void {
    setErrors(documents)
    const first = documents[0]
    if (first) showError(first)
  }

  function showError(error: DocumentError): void {
    const source = sources.find((candidate) => candidate.name === error.file)
    if (source) select(source.id)
    setGoTo({ line: error.line, message: error.message })
  }

  const marks = errors.filter((error) => error.file === current.name)
  return (
    <FileDrop onFiles={(files) => void takeFiles(files)}>
      <div className="flex flex-wrap items-center gap-2 px-3 pt-3 sm:px-5">
        <h1 className="mr-auto text-lg font-semibold tracking-tight">Apply YAML</h1>
        <FilePick onFiles={(files) => void takeFiles(files)} />
        <Button onClick={() => void loadExample()}>
          <Sparkles aria-hidden /> Example
        </Button>
      </div>
      <div className="grid min-h-0 flex-1 gap-3 p-3 sm:p-5 xl:grid-cols-2">
        <section aria-label="YAML" className="flex min-h-[50vh] min-w-0 flex-col overflow-hidden rounded-lg border border-line bg-surface">
          <SourceTabs
            sources={sources}
            current={current}
            errors={errors}
            onSelect={select}
            onRemove={remove}
            onAdd={() => add([newSource()])}
          />
          <YamlEditor
            key={current.id}
            className="min-h-0 flex-1"
            label={`YAML of ${current.name}`}
            value={current.text}
            onChange={(text) => {
              edit(current.id, text)
              if (outcome) setOutcome(undefined)
            }}
            marks={marks}
            goTo={goTo}
          />
          <div className="flex flex-wrap items-center gap-2 border-t border-line px-3 py-2">
            <p className="mr-auto text-xs text-muted">All objects are stored together, or none.</p>
            <Button onClick={() => void send(true)} disabled={isBusy} look={outcome?.type === 'preview' ? 'plain' : 'primary'}>
              <Eye aria-hidden /> Preview
            </Button>
            <Button onClick={() => void send(false)} disabled={isBusy} look={outcome?.type === 'preview' ? 'primary' : 'plain'}>
              <CheckCheck aria-hidden /> Apply
            </Button>
          </div>
        </section>
        <section aria-label="Result" aria-live="polite" className="flex min-h-0 min-w-0 flex-col gap-3 xl:overflow-auto">
          {problem && <Problem title={nothingStored(isUnknown)}>{problem}</Problem>}
          {errors.length > 0 && <ErrorList errors={errors} onShow={showError} />}
          {outcome && <ResultList type={outcome.type} results={outcome.results} />}
          {!problem && errors.length === 0 && !outcome && <Hint />}
        </section>
      </div>
    </FileDrop>
  )
}

function appliedText(results: readonly DocumentResult[]): string {
  const counts = Map.groupBy(results, (result) => result.action)
  return [...counts].map(([action, members]) => `${members.length} ${action}`).join(', ')
}

function Hint() {
  return (
    <div className="rounded-lg border border-dashed border-line-strong p-6 text-sm text-muted">
      <p className="font-medium text-ink">See it before it happens</p>
      <ol className="mt-2 flex list-decimal flex-col gap-1.5 pl-5">
        <li>Drop YAML or JSON files anywhere on this page, pick them, or paste into the editor.</li>
        <li>
          <b className="font-medium text-ink">Preview</b> asks the server what it would store, defaults included, and shows it as a
          difference for each object.
        </li>
        <li>
          <b className="font-medium text-ink">Apply</b> stores everything in one transaction. If one object is refused, nothing is stored,
          and each complaint points at its line.
        </li>
      </ol>
    </div>
  )
}

interface SourceTabsProps {
  sources: readonly Source[]
  current: Source
  errors: readonly DocumentError[]
  onSelect: (id: number) => void
  onRemove: (id: number) => void
  onAdd: () => void
}

function SourceTabs({ sources, current, errors, onSelect, onRemove, onAdd }: SourceTabsProps) {
  return (
    <div className="flex shrink-0 items-center gap-1 overflow-x-auto border-b border-line px-2 py-1">
      {sources.map((source) => {
        const isCurrent = source.id === current.id
        const hasErrors = errors.some((error) => error.file === source.name)
        return (
          <span key={source.id} className={cn('flex shrink-0 items-center rounded-md', isCurrent ? 'bg-selected' : 'hover:bg-hover')}>
            <button
              type="button"
              aria-current={isCurrent}
              onClick={() => onSelect(source.id)}
              className={cn('focus-ring cursor-pointer rounded-md px-2 py-1 font-mono text-xs', hasErrors && 'text-bad')}
            >
              {source.name}
              {hasErrors && <span className="sr-only"> has errors</span>}
            </button>
            {sources.length > 1 && (
              <button
                type="button"
                aria-label={`Remove ${source.name}`}
                onClick={() => onRemove(source.id)}
                className="focus-ring mr-1 cursor-pointer rounded p-0.5 text-faint hover:text-ink"
              >
                <X className="size-3" />
              </button>
            )}
          </span>
        )
      })}
      <button
        type="button"
        aria-label="New empty text"
        title="New empty text"
        onClick={onAdd}
        className="focus-ring cursor-pointer rounded p-1 text-muted hover:text-ink"
      >
        <FilePlus2 className="size-3.5" />
      </button>
    </div>
  )
}
