import { useId, type ComponentProps, type ReactNode } from 'react'

import { cn } from './class-names.ts'

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return (
    <input
      className={cn(
        'focus-ring h-8 w-full min-w-0 rounded-md border border-line-strong bg-surface px-2.5 text-sm text-ink placeholder:text-faint disabled:opacity-60',
        className,
      )}
      {...rest}
    />
  )
}

export interface FieldProps extends ComponentProps<'input'> {
  label: string
  hint?: ReactNode
  error?: string | undefined
}

/** An input with its label, and what is wrong with it. */
export function Field({ label, hint, error, ...rest }: FieldProps) {
  const id = useId()
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      <Input id={id} aria-invalid={error ? true : undefined} aria-describedby={`${id}-note`} {...rest} />
      <p id={`${id}-note`} className={cn('text-xs empty:hidden', error ? 'text-bad' : 'text-muted')} role={error ? 'alert' : undefined}>
        {error ?? hint}
      </p>
    </div>
  )
}

export function Select({ label, className, ...rest }: ComponentProps<'select'> & { label: string }) {
  return (
    <select
      aria-label={label}
      title={label}
      className={cn('focus-ring h-8 cursor-pointer rounded-md border border-line-strong bg-surface px-2 text-sm text-ink', className)}
      {...rest}
    />
  )
}
