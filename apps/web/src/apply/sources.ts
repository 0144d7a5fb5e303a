import { useRef, useState } from 'react'

import { useDraft } from '../editor/drafts.ts'

/** A text to apply, under the name of its file. */
export interface Source {
  id: number
  name: string
  text: string
}

interface Sources {
  sources: readonly Source[]
  currentId: number
}

const maxFileBytes = 3 * 1024 * 1024
const suitable = /\.(ya?ml|json|txt)$/i
let lastId = 0

export function newSource(name = 'untitled.yaml', text = ''): Source {
  return { id: ++lastId, name, text }
}

/** The texts being worked on. There is always one; two never have the same name, because errors name their file. */
export function useSources() {
  const [initial] = useState(() => {
    const first = newSource()
    return { sources: [first], currentId: first.id }
  })
  // Texts may hold secrets: they outlive a look at another page, not the tab's page itself.
  const [draft, setDraft] = useDraft<Sources>('apply', { isStored: false })
  const state = draft ?? initial
  const latest = useRef(state)
  latest.current = state
  const setState = (change: (before: Sources) => Sources): void => {
    latest.current = change(latest.current)
    setDraft(latest.current)
  }
  const current = state.sources.find((source) => source.id === state.currentId) ?? state.sources[0]!
  return {
    sources: state.sources,
    current,
    select: (id: number) => setState((before) => ({ ...before, currentId: id })),
    add: (added: readonly Source[]) =>
      setState((before) => {
        const kept = before.sources.filter((source) => source.text.trim() !== '' || source.name !== 'untitled.yaml')
        const sources = [...kept]
        for (const source of added) sources.push({ ...source, name: freeName(source.name, sources) })
        return { sources, currentId: sources.at(-1)!.id }
      }),
    replaceAll: (next: Source[]) => setState(() => ({ sources: next, currentId: next[0]!.id })),
    remove: (id: number) => setState((before) => ({ ...before, sources: before.sources.filter((source) => source.id !== id) })),
    forget: () => setDraft(undefined),
    edit: (id: number, text: string) =>
      setState((before) => ({ ...before, sources: before.sources.map((source) => (source.id === id ? { ...source, text } : source)) })),
  }
}

function freeName(name: string, taken: readonly Source[]): string {
  let free = name
  for (let number = 2; taken.some((source) => source.name === free); number++) free = name.replace(/(\.\w+)?$/, ` (${number})$1`)
  return free
}

/** The texts of files, and why some were not taken. */
export async function readFiles(files: readonly File[]): Promise<{ read: Source[]; refused: string[] }> {
  const read: Source[] = []
  const refused: string[] = []
  for (const file of files) {
    if (file.size > maxFileBytes) refused.push(`${file.name} is larger than 3 MiB`)
    else if (!suitable.test(file.name)) refused.push(`${file.name} is neither YAML nor JSON`)
    else read.push(newSource(file.name, await file.text()))
  }
  return { read, refused }
}
