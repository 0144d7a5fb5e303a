import type { DocumentError, KindInfo } from '@quarterdeck/trpc'
import { Button, Dialog, Problem } from '@quarterdeck/ui'
import { Copy, Download, Eye, GitMerge, Pencil, Save, X } from 'lucide-react'
import { useState } from 'react'
import { toast } from 'sonner'

import type { ActionTarget } from '../actions/target.ts'
import { api, isApiError, isUnanswered, isUnauthorized, messageOf } from '../api/trpc.ts'
import { goToSignIn } from '../api/go-to-sign-in.ts'
import { nothingStored } from '../apply/nothing-stored.ts'
import { downloadText } from '../console/download-text.ts'
import { DiffView } from '../editor/diff-view.tsx'
import { useDraft } from '../editor/drafts.ts'
import { YamlEditor } from '../editor/yaml-editor.tsx'

export interface YamlTabProps {
  kind: KindInfo
  target: ActionTarget
  /** The object as it is now. */
  yaml: string
  isRevealed: boolean
  onReveal: (next: boolean) => void
  isGone: boolean
}

interface Draft {
  /** What the edit began from. */
  base: string
  text: string
}

interface Preview {
  onto: 'exact' | 'latest'
  before: string
  after: string
}

const noErrors: readonly DocumentError[] = []

/** The YAML of an object; edited, it is saved only after the server has shown what it would store. */
export function YamlTab({ kind, target, yaml, isRevealed, onReveal, isGone }: YamlTabProps) {
  const [draft, setDraft] = useDraft<Draft>(`${target.apiVersion}/${target.plural}/${target.namespace}/${target.name}`, {
    isStored: !kind.hasValuesToHide,
  })
  const [preview, setPreview] = useState<Preview>()
  const [errors, setErrors] = useState(noErrors)
  const [problem, setProblem] = useState<string>()
  /** Whether it was stored is not known. */
  const [isUnknown, setIsUnknown] = useState(false)
  const [isConflict, setIsConflict] = useState(false)
  const isEditing = draft !== undefined
  const needsReveal = kind.hasValuesToHide && !isRevealed

  function begin(): void {
    setDraft({ base: yaml, text: yaml })
    clear()
  }

  function clear(): void {
    setErrors(noErrors)
    setProblem(undefined)
    setIsConflict(false)
    setIsUnknown(false)
    setPreview(undefined)
  }

  async function send(onto: Preview['onto'], dryRun: boolean): Promise<void> {
    if (!draft) return
    clear()
    try {
      const { apiVersion, plural, namespace, name } = target
      const { before, after } = await api.objects.update.mutate({
        apiVersion,
        plural,
        namespace,
        name,
        yaml: draft.text,
        base: draft.base,
        onto,
        dryRun,
      })
      if (dryRun) return setPreview({ onto, before, after })
      setDraft(undefined)
      toast.success(`${name} is saved`)
    } catch (failure) {
      if (isUnauthorized(failure)) return goToSignIn()
      setIsUnknown(!dryRun && isUnanswered(failure))
      const data = isApiError(failure) ? failure.data : undefined
      const documents = (data as { documents?: DocumentError[] } | undefined)?.documents
      if (documents) setErrors(documents)
      setIsConflict(data?.code === 'CONFLICT')
      setProblem(messageOf(failure))
    }
  }

  return (
    <div className="flex h-full min-h-80 flex-col">
      <div className="flex flex-wrap items-center gap-1.5 border-b border-line px-3 py-1.5 sm:px-5">
        {isEditing ? (
          <>
            <Button size="small" look="primary" onClick={() => void send('exact', true)} disabled={draft.text === draft.base}>
              <Save aria-hidden /> Review and save
            </Button>
            <Button size="small" look="quiet" onClick={() => (setDraft(undefined), clear())}>
              <X aria-hidden /> Discard
            </Button>
            {yaml !== draft.base && <span className="text-xs text-warning">It has changed since you began.</span>}
          </>
        ) : (
          <>
            {needsReveal ? (
              <Button size="small" onClick={() => onReveal(true)}>
                <Eye aria-hidden /> Reveal values to edit
              </Button>
            ) : (
              <Button size="small" onClick={begin} disabled={isGone}>
                <Pencil aria-hidden /> Edit
              </Button>
            )}
            <Button
              size="small"
              look="quiet"
              onClick={() => void navigator.clipboard.writeText(yaml).then(() => toast.success('The YAML is copied'))}
            >
              <Copy aria-hidden /> Copy
            </Button>
            <Button size="small" look="quiet" onClick={() => downloadText(`${target.name}.yaml`, yaml, 'application/yaml')}>
              <Download aria-hidden /> Download
            </Button>
          </>
        )}
      </div>
      {problem && (
        <div className="p-3 sm:px-5">
          <Problem title={isConflict ? 'Somebody else has changed it meanwhile' : nothingStored(isUnknown)}>
            {isConflict ? (
              <div className="flex flex-wrap items-center gap-2">
                <span>Your edits can be made to what it is now; you see the result before it is stored.</span>
                <Button size="small" onClick={() => void send('latest', true)}>
                  <GitMerge aria-hidden /> Edit the latest version
                </Button>
              </div>
            ) : errors.length > 0 ? (
              <ul>
                {errors.map((error) => (
                  <li key={`${error.line}:${error.message}`}>
                    <span className="font-mono text-xs">line {error.line}</span> {error.message}
                  </li>
                ))}
              </ul>
            ) : (
              problem
            )}
          </Problem>
        </div>
      )}
      <YamlEditor
        className="min-h-0 flex-1"
        label={`YAML of ${target.name}`}
        value={draft?.text ?? yaml}
        {...(draft ? { onChange: (text: string) => setDraft({ base: draft.base, text }) } : {})}
        isReadOnly={!isEditing}
        marks={errors}
      />
      <Dialog
        isOpen={preview !== undefined}
        onClose={() => setPreview(undefined)}
        title="Save this change?"
        description="What the server would store, against what is stored now."
        width="wide"
        footer={
          <>
            <Button onClick={() => setPreview(undefined)}>Back to the edit</Button>
            <Button look="primary" onClick={() => void send(preview!.onto, false)} autoFocus>
              Save
            </Button>
          </>
        }
      >
        {preview && <DiffView before={preview.before} after={preview.after} label="Difference" />}
      </Dialog>
    </div>
  )
}
