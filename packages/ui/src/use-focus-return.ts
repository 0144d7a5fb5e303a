import { useEffect, useRef } from 'react'

/** What opens without a trigger of its own gives the focus back, when it closes, to where it was before. */
export function useFocusReturn(isOpen: boolean): void {
  const before = useRef<Element>(null)
  const wasOpen = useRef(false)
  // While rendering: once it is on the page, what it holds has taken the focus.
  if (isOpen && !wasOpen.current) before.current = document.activeElement
  wasOpen.current = isOpen
  useEffect(() => {
    if (!isOpen) return undefined
    return () => {
      const element = before.current
      // The closing itself may move the focus first, and whoever closed it may have somewhere better.
      setTimeout(() => {
        if (element instanceof HTMLElement && document.activeElement === document.body) element.focus()
      })
    }
  }, [isOpen])
}
