'use client'

import { Button, Field } from '@quarterdeck/ui'
import { ArrowRight } from 'lucide-react'
import { useState, useSyncExternalStore, type FormEvent } from 'react'

import { api, messageOf } from '../api/trpc.ts'
import { Logo } from './logo.tsx'

export function SignIn() {
  const isReady = useIsReady()
  const [error, setError] = useState<string>()
  const [isBusy, setIsBusy] = useState(false)

  async function signIn(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setIsBusy(true)
    setError(undefined)
    try {
      await api.session.signIn.mutate({ userName: textOf(form, 'user'), password: textOf(form, 'password') })
      location.assign(placeAfterwards())
    } catch (failure) {
      setError(messageOf(failure))
      setIsBusy(false)
    }
  }

  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center justify-center gap-2.5">
          <Logo className="size-8" />
          <h1 className="text-xl font-semibold tracking-tight">Quarterdeck</h1>
        </div>
        <form
          method="post"
          onSubmit={(event) => void signIn(event)}
          className="flex flex-col gap-4 rounded-lg border border-line bg-surface p-6 shadow-pop"
        >
          <Field label="User" name="user" defaultValue="admin" autoComplete="username" autoCapitalize="none" spellCheck={false} required />
          <Field label="Password" name="password" type="password" autoComplete="current-password" autoFocus required error={error} />
          <Button type="submit" look="primary" className="mt-1 !h-9" disabled={isBusy || !isReady}>
            {isBusy ? 'Signing in…' : 'Sign in'}
            <ArrowRight aria-hidden />
          </Button>
        </form>
        <p className="mt-4 text-center text-xs text-muted">
          The administrator’s first password was printed by <code className="font-mono">npm start</code>.
        </p>
      </div>
    </main>
  )
}

/** False in the page as the server sends it: a form that is sent before its code has come would take the password with it as text. */
function useIsReady(): boolean {
  return useSyncExternalStore(
    () => () => {},
    () => true,
    () => false,
  )
}

function textOf(form: FormData, name: string): string {
  const value = form.get(name)
  return typeof value === 'string' ? value : ''
}

/** Only to a page of this console. */
function placeAfterwards(): string {
  const next = new URLSearchParams(location.search).get('next') ?? '/'
  return /^\/(?![/\\])/.test(next) ? next : '/'
}
