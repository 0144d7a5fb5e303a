import type { Verb } from '@quarterdeck/api'

import type { Answer, Call } from './endpoint.ts'

/** The verbs whose selectors say what they are about. */
const ofMany: ReadonlySet<Verb> = new Set(['list', 'watch', 'deletecollection'])

/** Answers a call: whether its user may ask, then what is asked. Every way in ends here; nothing of the body is read before. */
export async function perform(verb: Verb, call: Call): Promise<Answer> {
  const { server, request, options } = call
  await server.core.authorize(request, verb, ofMany.has(verb) ? options : {})
  return server.endpoints.find(request, verb)(call)
}
