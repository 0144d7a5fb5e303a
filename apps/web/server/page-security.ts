import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'

/** What every answer of the dashboard carries, whatever it is. */
const fixedHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  // For browsers that know no frame-ancestors.
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': [
    'accelerometer',
    'autoplay',
    'camera',
    'display-capture',
    'geolocation',
    'gyroscope',
    'magnetometer',
    'microphone',
    'midi',
    'payment',
    'usb',
  ]
    .map((feature) => `${feature}=()`)
    .join(', '),
}

/** Where a layout finds the nonce for a script of its own. Next reads that for its scripts out of the policy. */
const nonceHeader = 'x-nonce'

/** Gives an answer its security headers, and Next the nonce that only the scripts of this one answer have. */
export function secure(request: IncomingMessage, response: ServerResponse, { isDevelopment }: { isDevelopment: boolean }): void {
  const nonce = randomBytes(16).toString('base64')
  const policy = contentSecurityPolicy({ nonce, host: request.headers.host, isDevelopment })
  request.headers['content-security-policy'] = policy
  delete request.headers['content-security-policy-report-only']
  request.headers[nonceHeader] = nonce
  for (const [name, value] of Object.entries(fixedHeaders)) response.setHeader(name, value)
  response.setHeader('content-security-policy', policy)
}

export interface PolicyOptions {
  nonce: string
  /** As the request names it. */
  host: string | undefined
  /** Next's development server evaluates what it has changed. */
  isDevelopment: boolean
}

/**
 * Scripts run by their nonce and what those load; nothing is evaluated, embedded, or sent elsewhere. Styles may be inline: the editor,
 * notices and dialogs write style elements, and a style can load nothing but from here.
 */
export function contentSecurityPolicy({ nonce, host, isDevelopment }: PolicyOptions): string {
  const sockets = host && /^[\w.:[\]-]+$/.test(host) ? [`ws://${host}`, `wss://${host}`] : []
  const directives: Record<string, readonly string[]> = {
    'default-src': ["'none'"],
    'script-src': ["'self'", `'nonce-${nonce}'`, "'strict-dynamic'", ...(isDevelopment ? ["'unsafe-eval'"] : [])],
    'style-src': ["'self'", "'unsafe-inline'"],
    'img-src': ["'self'", 'data:'],
    'font-src': ["'self'"],
    // Not every browser takes 'self' for WebSockets too.
    'connect-src': ["'self'", ...sockets],
    'form-action': ["'self'"],
    'base-uri': ["'none'"],
    'frame-ancestors': ["'none'"],
  }
  return Object.entries(directives)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ')
}
