import type { ControllerRevision, V1PodTemplateSpec } from '@quarterdeck/api'

import { isSameTemplate } from '../pods/template-hash.ts'
import { templateOfRevision } from './revision-data.ts'

export type RevisionPlan =
  | { do: 'keep'; revision: ControllerRevision }
  /** An earlier template is back: its revision becomes the newest. */
  | { do: 'renumber'; revision: ControllerRevision; to: number }
  | { do: 'create'; number: number }

/** How the present template comes to be the newest revision. */
export function planRevision(template: V1PodTemplateSpec, revisions: readonly ControllerRevision[]): RevisionPlan {
  const ordered = byRevision(revisions)
  const newest = ordered.at(-1)
  const next = numberOf(newest) + 1
  const equal = ordered.filter((revision) => isSameTemplate(templateOfRevision(revision), template)).at(-1)
  if (!equal) return { do: 'create', number: next }
  return equal === newest ? { do: 'keep', revision: equal } : { do: 'renumber', revision: equal, to: next }
}

/** The revisions that a history of `limit` has no room for, oldest first. Those in use don't count. A negative limit keeps all. */
export function planTruncation(revisions: readonly ControllerRevision[], inUse: ReadonlySet<string>, limit: number): ControllerRevision[] {
  const past = byRevision(revisions).filter(({ metadata }) => !inUse.has(metadata.name))
  return limit < 0 ? [] : past.slice(0, Math.max(0, past.length - limit))
}

const numberOf = (revision: ControllerRevision | undefined): number => revision?.revision ?? 0

function byRevision(revisions: readonly ControllerRevision[]): ControllerRevision[] {
  return revisions.toSorted((a, b) => numberOf(a) - numberOf(b) || compareAge(a, b))
}

function compareAge({ metadata: a }: ControllerRevision, { metadata: b }: ControllerRevision): number {
  return Date.parse(a.creationTimestamp) - Date.parse(b.creationTimestamp) || (a.name < b.name ? -1 : 1)
}
