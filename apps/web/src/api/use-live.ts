import { useEffect, useRef, useState } from 'react'

import { setConnection } from './connection.ts'
import { goToSignIn } from './go-to-sign-in.ts'
import { useTransport } from './socket.ts'
import { isApiError, isUnauthorized, type ApiError } from './trpc.ts'

interface Handlers<T> {
  onConnectionStateChange: (change: { state: 'idle' | 'connecting' | 'pending'; error: unknown }) => void
  onData: (data: T) => void
  onError: (error: unknown) => void
  onComplete: () => void
}

type Start<T> = (handlers: Handlers<T>) => { unsubscribe: () => void }

const firstRetryMs = 500
const lastRetryMs = 8000
/** A page nobody sees stops asking after this long. */
const hiddenMs = 15_000
const permanent = new Set(['NOT_FOUND', 'FORBIDDEN', 'BAD_REQUEST', 'UNPROCESSABLE_CONTENT'])

/**
 * Keeps a subscription open while the page is seen; begins anew when `key` changes, and after every failure that may
 * pass. `undefined` as key means none. Returns the error that ended it for good.
 */
export function useLive<T>(key: string | undefined, start: Start<T>, onData: (data: T) => void): ApiError | undefined {
  const [error, setError] = useState<ApiError>()
  const latest = useRef({ start, onData })
  latest.current = { start, onData }
  const isVisible = useIsVisible()
  const transport = useTransport()

  useEffect(() => {
    setError(undefined)
    if (key === undefined || !isVisible) return undefined
    const owner = {}
    let retryMs = firstRetryMs
    let timer: ReturnType<typeof setTimeout> | undefined
    let subscription: { unsubscribe: () => void } | undefined
    const open = (): void => {
      setConnection(owner, 'connecting')
      subscription = latest.current.start({
        // A connection that breaks is opened again beneath us; the reader is told all the same.
        onConnectionStateChange: ({ state, error: reason }) => {
          if (state === 'pending') setConnection(owner, 'live')
          if (state === 'connecting') setConnection(owner, reason ? 'waiting' : 'connecting')
        },
        onData: (data) => {
          retryMs = firstRetryMs
          setConnection(owner, 'live')
          latest.current.onData(data)
        },
        onComplete: () => setConnection(owner, undefined),
        onError: (failure) => {
          if (isUnauthorized(failure)) return goToSignIn()
          if (isApiError(failure) && permanent.has(failure.data?.code ?? '')) {
            setConnection(owner, undefined)
            setError(failure)
            return
          }
          setConnection(owner, 'waiting')
          subscription?.unsubscribe()
          timer = setTimeout(open, retryMs)
          retryMs = Math.min(lastRetryMs, retryMs * 2)
        },
      })
    }
    open()
    return () => {
      clearTimeout(timer)
      subscription?.unsubscribe()
      setConnection(owner, undefined)
    }
  }, [key, isVisible, transport])
  return error
}

function useIsVisible(): boolean {
  const [isVisible, setIsVisible] = useState(true)
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined
    const onChange = (): void => {
      clearTimeout(timer)
      if (document.visibilityState === 'visible') setIsVisible(true)
      else timer = setTimeout(() => setIsVisible(false), hiddenMs)
    }
    document.addEventListener('visibilitychange', onChange)
    return () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', onChange)
    }
  }, [])
  return isVisible
}
