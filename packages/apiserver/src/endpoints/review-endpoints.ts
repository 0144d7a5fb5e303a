import type { Verb } from '@quarterdeck/api'

import { decodeRequestObject } from '../decode-request.ts'
import { answerReview } from '../rest/reviews.ts'
import type { Endpoint } from './endpoint.ts'
import { bodyOf } from './main-endpoints.ts'

/** What kinds answer that are posted and never stored. */
export function reviewEndpoints(): Partial<Record<Verb, Endpoint>> {
  return {
    async create(call) {
      const { server, request } = call
      const { value, duplicateKeys } = await bodyOf(call)
      const review = decodeRequestObject(value, request, { duplicateKeys })
      return { type: 'value', value: await answerReview(server, request, review), isNew: true }
    },
  }
}
