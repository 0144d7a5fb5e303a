import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, foldGutter, foldKeymap, indentOnInput, indentUnit } from '@codemirror/language'
import { lintGutter, setDiagnostics, type Diagnostic } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import { cn } from '@quarterdeck/ui'
import { useEffect, useRef } from 'react'

import { editorTheme } from './editor-theme.ts'

/** Something to say about a line (1-based). */
export interface LineMark {
  line: number
  column?: number
  message: string
}

export interface YamlEditorProps {
  /** What it starts with, and is set to whenever this changes. */
  value: string
  onChange?: (text: string) => void
  label: string
  isReadOnly?: boolean
  marks?: readonly LineMark[]
  /** Brings a line into view whenever it changes. */
  goTo?: LineMark | undefined
  className?: string
}

/** A YAML editor. Tab leaves it after Escape, so that the keyboard is not caught. */
export function YamlEditor({ value, onChange, label, isReadOnly = false, marks, goTo, className }: YamlEditorProps) {
  const host = useRef<HTMLDivElement>(null)
  const view = useRef<EditorView>(undefined)
  const latest = useRef(onChange)
  latest.current = onChange
  const writable = useRef(new Compartment())

  useEffect(() => {
    const editor = new EditorView({
      parent: host.current!,
      state: EditorState.create({
        doc: value,
        extensions: [
          lineNumbers(),
          foldGutter(),
          lintGutter(),
          history(),
          drawSelection(),
          indentOnInput(),
          indentUnit.of('  '),
          bracketMatching(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          highlightSelectionMatches(),
          search({ top: true }),
          keymap.of([indentWithTab, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap]),
          yaml(),
          editorTheme,
          EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current?.(update.state.doc.toString())
          }),
          writable.current.of(writability(isReadOnly)),
        ],
      }),
    })
    view.current = editor
    return () => editor.destroy()
    // The editor is made once; what changes is sent to it below.
  }, [])

  useEffect(() => {
    const editor = view.current
    if (editor && editor.state.doc.toString() !== value)
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } })
  }, [value])
  useEffect(() => {
    view.current?.dispatch({ effects: writable.current.reconfigure(writability(isReadOnly)) })
  }, [isReadOnly])
  useEffect(() => {
    const editor = view.current
    if (editor)
      editor.dispatch(
        setDiagnostics(
          editor.state,
          (marks ?? []).map((mark) => diagnosticOf(editor, mark)),
        ),
      )
  }, [marks])
  useEffect(() => {
    const editor = view.current
    if (!editor || !goTo) return
    const { from } = diagnosticOf(editor, goTo)
    editor.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) })
    editor.focus()
  }, [goTo])

  return <div ref={host} className={cn('min-h-0 overflow-hidden', className)} data-editor />
}

function writability(isReadOnly: boolean) {
  return [EditorState.readOnly.of(isReadOnly), EditorView.editable.of(true)]
}

function diagnosticOf({ state }: EditorView, { line, message }: LineMark): Diagnostic {
  const { from, to, text } = state.doc.line(Math.max(1, Math.min(state.doc.lines, line)))
  return { from: from + (text.length - text.trimStart().length), to, severity: 'error', message }
}
