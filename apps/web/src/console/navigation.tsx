import { useSyncExternalStore, type ComponentProps, type MouseEvent } from 'react'

const navigated = 'quarterdeck:navigated'

function subscribe(listener: () => void): () => void {
  addEventListener('popstate', listener)
  addEventListener(navigated, listener)
  return () => {
    removeEventListener('popstate', listener)
    removeEventListener(navigated, listener)
  }
}

/** Path and query of the page, following every change of it. */
export function useLocation(): { path: string; parameters: URLSearchParams } {
  const text = useSyncExternalStore(
    subscribe,
    () => location.pathname + location.search,
    () => '/',
  )
  const url = new URL(text, 'http://page')
  return { path: url.pathname, parameters: url.searchParams }
}

/** Goes to another address of the console, without asking the server for a page. */
export function navigate(href: string, { replace = false }: { replace?: boolean } = {}): void {
  if (replace) history.replaceState(null, '', href)
  else history.pushState(null, '', href)
  dispatchEvent(new Event(navigated))
}

/** Changes parameters of the present address; an empty value removes one. */
export function setParameters(changes: Readonly<Record<string, string>>): void {
  const url = new URL(location.href)
  for (const [name, value] of Object.entries(changes)) {
    if (value) url.searchParams.set(name, value)
    else url.searchParams.delete(name)
  }
  navigate(url.pathname + url.search, { replace: true })
}

/** A link inside the console; opens elsewhere where the reader asks for that. */
export function Link({ href, onClick, ...rest }: ComponentProps<'a'> & { href: string }) {
  const follow = (event: MouseEvent<HTMLAnchorElement>): void => {
    onClick?.(event)
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    navigate(href)
  }
  return <a href={href} onClick={follow} {...rest} />
}
