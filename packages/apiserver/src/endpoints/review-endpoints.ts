import type { Kind, Verb } from '@quarterdeck/api'

import { decodeRequestObject } from '../decode-request.ts'
import { answerReview } from '../rest/reviews.ts'
import type { Endpoint } from './endpoint.ts'
import { bodyOf } from './main-endpoints.ts'

/** What a kind answers that is posted and never stored. */
export function reviewEndpoints(kind: Kind): Partial<Record<Verb, Endpoint>> {
  return {
    async create(call) {
      const { server, request } = call
      const { value, duplicateKeys } = await bodyOf(call)
      const review = decodeRequestObject(value, request, { duplicateKeys })
      return { type: 'value', value: await answerReview(server, request.user, kind.plural, review), isNew: true }
    },
  }
}
