import type { IncomingMessage } from 'node:http'

import { badRequest, httpStatusOf, isApiError, notFound, unavailable } from '@quarterdeck/api-machinery'
import { pods } from '@quarterdeck/api'
import type { ExplanationOptions, Scheduler } from '@quarterdeck/scheduler'

export interface QuestionSources {
  request: IncomingMessage
  searchParams: URLSearchParams
  scheduler: Scheduler
}

/** The answer to a question about the scheduler, as it is to be sent as JSON; undefined for another path. */
export function schedulingQuestion(route: string, sources: QuestionSources): Promise<unknown> | undefined {
  const podUid = /^GET \/scheduling\/([^/]+)$/.exec(route)?.[1]
  if (podUid) return explain(podUid, sources)
  return undefined
}

async function explain(podUid: string, { scheduler, searchParams }: QuestionSources): Promise<unknown> {
  const explained = await questionsOf(scheduler).explain(podUid, explanationOptions(searchParams))
  if (!explained) throw notFound(pods, podUid)
  return explained
}

function questionsOf({ questions }: Scheduler) {
  if (!questions) throw unavailable('this worker does not lead: the scheduler is not running here')
  return questions
}

function explanationOptions(query: URLSearchParams): ExplanationOptions {
  return {
    withChanges: query.get('changes') !== 'false',
    offset: wholeNumber(query, 'offset'),
    limit: wholeNumber(query, 'limit'),
    search: query.get('search') ?? undefined,
    plugin: query.get('plugin') || undefined,
  }
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const text = query.get(name)
  if (!text) return undefined
  if (!/^\d{1,9}$/.test(text)) throw badRequest(`${name} must be a whole number, not ${JSON.stringify(text)}`)
  return Number(text)
}

/** How an answer, or why there is none, is sent. */
export async function statusOf(answer: Promise<unknown>): Promise<{ code: number; body: string }> {
  try {
    return { code: 200, body: JSON.stringify(await answer) }
  } catch (error) {
    return { code: isApiError(error) ? httpStatusOf[error.reason] : 500, body: error instanceof Error ? error.message : String(error) }
  }
}
