/**
 * How the Next bundle reaches the API core of its process: the Node server puts a handler on a global before Next
 * starts, and the route hands its requests over. Nothing of the core is then part of the bundle. No imports here:
 * this file is bundled.
 */
export interface WebContext {
  /** Answers `/api/trpc/*`. */
  handleTrpc(request: Request): Promise<Response>
}

const contextKey = Symbol.for('quarterdeck.web')

export function setWebContext(context: WebContext): void {
  Object.assign(globalThis, { [contextKey]: context })
}

/** Throws when the dashboard was started without its server (`next start`). */
export function webContext(): WebContext {
  const context = (globalThis as { [contextKey]?: WebContext })[contextKey]
  if (!context) throw new Error('the dashboard runs inside the Quarterdeck server: start that, not Next')
  return context
}
