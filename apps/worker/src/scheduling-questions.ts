import type { IncomingMessage } from 'node:http'

import { badRequest, httpStatusOf, isApiError, notFound, unavailable } from '@quarterdeck/api-machinery'
import { pods, type Kind } from '@quarterdeck/api'
import type { ExplanationOptions, Scheduler } from '@quarterdeck/scheduler'
import { answerWhatIf, questionSchema } from '@quarterdeck/what-if'

/** Far more than a question needs. */
const longestBody = 64 * 1024

export interface QuestionSources {
  request: IncomingMessage
  searchParams: URLSearchParams
  scheduler: Scheduler
  /** All that may own Pods. */
  kinds: () => readonly Kind[]
}

/** The answer to a question about the scheduler, as it is to be sent as JSON; undefined for another path. */
export function schedulingQuestion(route: string, sources: QuestionSources): Promise<unknown> | undefined {
  const podUid = /^GET \/scheduling\/([^/]+)$/.exec(route)?.[1]
  if (podUid) return explain(podUid, sources)
  return route === 'POST /what-if' ? whatIf(sources) : undefined
}

async function explain(podUid: string, { scheduler, searchParams }: QuestionSources): Promise<unknown> {
  const explained = await questionsOf(scheduler).explain(podUid, explanationOptions(searchParams))
  if (!explained) throw notFound(pods, podUid)
  return explained
}

async function whatIf({ request, scheduler, kinds }: QuestionSources): Promise<unknown> {
  const question = questionSchema.safeParse(await readJson(request))
  if (!question.success) throw badRequest(question.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '))
  return answerWhatIf(question.data, { questions: questionsOf(scheduler), kinds: kinds() })
}

async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk as string
    if (text.length > longestBody) throw badRequest('the question is too long')
  }
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw badRequest('the question is not JSON')
  }
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
