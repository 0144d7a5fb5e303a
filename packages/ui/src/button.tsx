import type { ComponentProps } from 'react'

import { cn } from './class-names.ts'

export interface ButtonProps extends ComponentProps<'button'> {
  /** `primary` is the one thing to do next; `danger` takes something away. */
  look?: 'primary' | 'plain' | 'quiet' | 'danger'
  size?: 'small' | 'normal'
}

const looks = {
  primary: 'bg-accent text-on-accent hover:bg-accent-strong border-transparent',
  plain: 'bg-surface text-ink border-line-strong hover:bg-hover',
  quiet: 'bg-transparent text-muted border-transparent hover:bg-hover hover:text-ink',
  danger: 'bg-bad-solid text-white border-transparent hover:brightness-110',
} as const

const sizes = { small: 'h-7 px-2 text-xs gap-1.5', normal: 'h-8 px-3 text-sm gap-2' } as const

export function buttonClass(look: NonNullable<ButtonProps['look']> = 'plain', size: NonNullable<ButtonProps['size']> = 'normal'): string {
  return cn(
    'inline-flex shrink-0 cursor-pointer items-center justify-center rounded-md border font-medium whitespace-nowrap transition-colors',
    'focus-ring disabled:cursor-not-allowed disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
    looks[look],
    sizes[size],
  )
}

export function Button({ look, size, className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={cn(buttonClass(look, size), className)} {...rest} />
}

/** A button that is only a sign; `label` is its name for those who don't see it, and its tooltip. */
export function IconButton({ label, className, ...rest }: ButtonProps & { label: string }) {
  return <Button look="quiet" aria-label={label} title={label} className={cn('!px-0 aspect-square', className)} {...rest} />
}
