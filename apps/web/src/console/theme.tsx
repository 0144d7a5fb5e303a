import { Moon, Sun } from 'lucide-react'
import { IconButton } from '@quarterdeck/ui'
import { useEffect, useState } from 'react'

import { themeKey } from './theme-script.ts'

type Theme = 'light' | 'dark'

/** Switches between dark and light. Choosing what the system has follows the system again. */
export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>('light')
  useEffect(() => {
    setTheme(document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light')
    const system = matchMedia('(prefers-color-scheme: dark)')
    const onChange = (): void => {
      if (!localStorage.getItem(themeKey)) show(system.matches ? 'dark' : 'light')
    }
    const show = (next: Theme): void => {
      document.documentElement.dataset['theme'] = next
      setTheme(next)
    }
    system.addEventListener('change', onChange)
    return () => system.removeEventListener('change', onChange)
  }, [])
  const other = theme === 'dark' ? 'light' : 'dark'
  const toggle = (): void => {
    const isSystem = matchMedia('(prefers-color-scheme: dark)').matches === (other === 'dark')
    if (isSystem) localStorage.removeItem(themeKey)
    else localStorage.setItem(themeKey, other)
    document.documentElement.dataset['theme'] = other
    setTheme(other)
  }
  return (
    <IconButton label={`Use the ${other} theme`} onClick={toggle}>
      {theme === 'dark' ? <Sun /> : <Moon />}
    </IconButton>
  )
}
