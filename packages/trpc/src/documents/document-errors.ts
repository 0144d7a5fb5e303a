import { isApiError, type ApiError } from '@quarterdeck/api-machinery'

/** What is wrong with one document of a text, and where. */
export interface DocumentError {
  /** Name of the file it came in. */
  file: string
  /** 0-based, over all documents of all files. */
  index: number
  /** What the document is, as far as that can be told: `Deployment default/web`. */
  title: string
  /** 1-based, in the file. */
  line: number
  column: number
  message: string
  /** The field, where the message is about one. */
  field?: string | undefined
}

/** Documents that could not be read or stored; nothing was. */
export class DocumentErrors extends Error {
  readonly documents: DocumentError[]

  constructor(documents: DocumentError[]) {
    super(documents.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'))
    this.name = 'DocumentErrors'
    this.documents = documents
  }
}

export interface FieldProblem {
  field?: string | undefined
  message: string
}

/** The single complaints inside an error of the API, each with the field it is about. */
export function problemsOf(error: ApiError): FieldProblem[] {
  const causes = isApiError(error) ? (error.details?.causes ?? []) : []
  if (causes.length > 0)
    return causes.map(({ field, message }) => ({ field, message: field ? `${field}: ${message}` : (message ?? error.message) }))
  const unknown = [...error.message.matchAll(/(unknown|duplicate) field "([^"]+)"/g)]
  if (unknown.length > 0) return unknown.map((match) => ({ field: match[2], message: match[0] }))
  const decoding = /cannot be handled as an? \w+: (.+)$/s.exec(error.message)?.[1]
  if (decoding) return decoding.split(betweenFields).map((message) => ({ field: /^(\S+): /.exec(message)?.[1], message }))
  return [{ field: fieldNamedIn(error.message), message: error.message }]
}

/** Several fields of the wrong type are told in one line: `spec.a: cannot …, spec.b: cannot …`. */
const betweenFields = /, (?=[a-zA-Z]\w*[.[]\S*: )/

/** `kind is missing: …` and `metadata.name is missing: …` name a field that is not there; a namespace that is not there is named by one. */
function fieldNamedIn(message: string): string | undefined {
  if (message.startsWith('no matches for kind')) return 'kind'
  if (/^namespaces "[^"]*" not found$/.test(message)) return 'metadata.namespace'
  return /^([a-zA-Z.]+) is (?:missing|not a)/.exec(message)?.[1]
}
