import { Check, Minus } from 'lucide-react'
import { Checkbox as Radix } from 'radix-ui'

export interface CheckboxProps {
  isChecked: boolean | 'indeterminate'
  onChange: (next: boolean) => void
  label: string
  tabIndex?: number
}

/** A box without a visible label; `label` names it. */
export function Checkbox({ isChecked, onChange, label, tabIndex }: CheckboxProps) {
  return (
    <Radix.Root
      checked={isChecked}
      onCheckedChange={(next) => onChange(next === true)}
      aria-label={label}
      {...(tabIndex === undefined ? {} : { tabIndex })}
      className="focus-ring flex size-4 shrink-0 cursor-pointer items-center justify-center rounded border border-line-strong bg-surface data-[state=checked]:border-accent data-[state=checked]:bg-accent data-[state=indeterminate]:border-accent data-[state=indeterminate]:bg-accent"
    >
      <Radix.Indicator className="text-on-accent">
        {isChecked === 'indeterminate' ? <Minus className="size-3" strokeWidth={3} /> : <Check className="size-3" strokeWidth={3} />}
      </Radix.Indicator>
    </Radix.Root>
  )
}
