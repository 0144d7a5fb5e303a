import { buttonClass, cn } from '@quarterdeck/ui'
import { FileUp, Upload } from 'lucide-react'
import { useState, type DragEvent, type ReactNode } from 'react'

const accepted = '.yaml,.yml,.json'

/** Takes files that are dropped anywhere on it. */
export function FileDrop({ onFiles, children }: { onFiles: (files: File[]) => void; children: ReactNode }) {
  const [isOver, setIsOver] = useState(false)
  const isFiles = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files')
  return (
    <div
      className="relative flex min-h-full flex-1 flex-col xl:min-h-0"
      onDragOver={(event) => {
        if (!isFiles(event)) return
        event.preventDefault()
        setIsOver(true)
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setIsOver(false)
      }}
      onDropCapture={(event) => {
        if (!isFiles(event)) return
        event.preventDefault()
        event.stopPropagation()
        setIsOver(false)
        onFiles([...event.dataTransfer.files])
      }}
    >
      {children}
      {isOver && (
        <div className="pointer-events-none absolute inset-2 z-20 flex items-center justify-center rounded-lg border-2 border-dashed border-accent bg-selected/90 text-base font-medium">
          <Upload className="mr-2 size-5" aria-hidden /> Drop the files here
        </div>
      )}
    </div>
  )
}

export function FilePick({ onFiles }: { onFiles: (files: File[]) => void }) {
  return (
    <label className={cn(buttonClass(), 'focus-within:outline-2 focus-within:outline-accent')}>
      <FileUp aria-hidden /> Choose files
      <input
        type="file"
        multiple
        accept={accepted}
        className="sr-only"
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])])
          event.target.value = ''
        }}
      />
    </label>
  )
}
