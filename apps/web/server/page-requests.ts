import type { IncomingMessage, OutgoingHttpHeaders } from 'node:http'

import type { WebServices } from '@quarterdeck/trpc'

import { routeOf } from '../src/console/route.ts'

export interface Refusal {
  status: number
  text: string
  headers: OutgoingHttpHeaders
}

const plainText = { 'content-type': 'text/plain; charset=utf-8' }

/** What no page answers; undefined for a request that one does, or tRPC. */
export function refusalOf({ method = 'GET', url = '/' }: IncomingMessage): Refusal | undefined {
  // Next would fail on it.
  if (!isDecodable(pathOf(url))) return { status: 400, text: '400 Bad Request: the path is not well encoded\n', headers: plainText }
  if (method === 'GET' || method === 'HEAD' || isInternal(pathOf(url))) return undefined
  return { status: 405, text: '405 Method Not Allowed\n', headers: { ...plainText, allow: 'GET, HEAD' } }
}

/** Whether there is anything at the address that a page is asked for, as far as who asks may know. */
export async function isThere({ url = '/', headers }: IncomingMessage, hasPage: WebServices['hasPage']): Promise<boolean> {
  const path = pathOf(url)
  if (isInternal(path) || path === '/sign-in' || path === '/icon.svg') return true
  const route = routeOf(path)
  if (route.page === 'not-found') return false
  if (route.page !== 'list' && route.page !== 'detail') return true
  const nothing = { namespace: '', name: '' }
  // The past of an object outlives it.
  const isOfPast = new URLSearchParams(url.slice(path.length)).get('tab') === 'history'
  const { cookie = '', authorization = '' } = headers
  return hasPage(
    { ...nothing, ...route, ...(isOfPast && nothing) },
    new Request('http://dashboard/', { headers: { cookie, authorization } }),
  )
}

/** What Next, its development server, and tRPC answer by themselves. */
function isInternal(path: string): boolean {
  return ['/_next/static/', '/__next', '/api/trpc/'].some((prefix) => path.startsWith(prefix))
}

function pathOf(url: string): string {
  return url.replace(/[?#].*/s, '')
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}
