import { controllerRevisions, type ControllerRevision, type Kind, type V1LabelSelector, type V1PodTemplateSpec } from '@quarterdeck/api'
import { controllerOf, isApiError, matchesLabelSelector, type Draft, type KubeObject } from '@quarterdeck/api-machinery'
import { onlyThis, type ReconcileContext } from '@quarterdeck/controller-runtime'

import { applyClaim, planClaim } from '../ownership/claim.ts'
import { controllerReference } from '../ownership/owner-reference.ts'
import { isSameTemplate, templateHash } from '../pods/template-hash.ts'
import { planRevision, planTruncation } from './plan-history.ts'
import { revisionDataOf, templateOfRevision } from './revision-data.ts'

/** On pods: of which revision they are. */
export const revisionHashLabel = 'controller-revision-hash'

/** Whose history it is. */
export interface Historian<T extends KubeObject> {
  object: T
  kind: Kind<T>
  template: V1PodTemplateSpec
  selector: V1LabelSelector
  collisionCount: number | undefined
  /** Label of a revision that has its hash. */
  hashLabel: string
}

export interface History {
  /** Of the present template. */
  newest: ControllerRevision
  /** All, the newest too. */
  revisions: readonly ControllerRevision[]
  /** Goes up when a name turned out to be another template's. */
  collisionCount: number | undefined
}

const longestPrefix = 223
/** Copies of the whole object are not worth keeping with each of its revisions. */
const notCopied = 'kubectl.kubernetes.io/last-applied-configuration'

/** Sees to it that the present template is the newest of the owner's ControllerRevisions, which are claimed by its selector. */
export async function reconcileHistory<T extends KubeObject>(owner: Historian<T>, ctx: ReconcileContext): Promise<History> {
  const { object, kind, selector, template, collisionCount } = owner
  const cached = ctx.cache(controllerRevisions)
  const candidates = [...cached.ownedBy(object), ...cached.orphans(object.metadata.namespace ?? '')]
  const claim = planClaim(object, candidates, ({ metadata }) => matchesLabelSelector(selector, metadata.labels))
  const revisions = await applyClaim(ctx.client, { object, kind }, { plan: claim, kind: controllerRevisions })

  const plan = planRevision(template, revisions)
  switch (plan.do) {
    case 'keep':
      return { newest: plan.revision, revisions, collisionCount }
    case 'renumber': {
      const newest = await ctx.client.update(controllerRevisions, { ...plan.revision, revision: plan.to })
      return { newest, revisions: [...revisions.filter((revision) => revision !== plan.revision), newest], collisionCount }
    }
    case 'create': {
      const created = await createRevision(owner, plan.number, ctx)
      return { newest: created.revision, revisions: [...revisions, created.revision], collisionCount: created.collisionCount }
    }
  }
}

/** Deletes what the history has no room for. */
export async function truncateHistory(
  { revisions }: History,
  { inUse, limit }: { inUse: ReadonlySet<string>; limit: number },
  ctx: ReconcileContext,
): Promise<void> {
  for (const revision of planTruncation(revisions, inUse, limit)) {
    const { key, options } = onlyThis(revision)
    try {
      await ctx.client.delete(controllerRevisions, key, options)
    } catch (error) {
      if (!isApiError(error, 'NotFound', 'Conflict')) throw error
    }
  }
}

/** A name that is taken is that of our own revision, which the cache doesn't show yet, or of another: the next hash is tried. */
async function createRevision<T extends KubeObject>(
  owner: Historian<T>,
  number: number,
  ctx: ReconcileContext,
): Promise<{ revision: ControllerRevision; collisionCount: number | undefined }> {
  for (let collisionCount = owner.collisionCount; ; collisionCount = (collisionCount ?? 0) + 1) {
    const draft = revisionDraft(owner, number, collisionCount)
    try {
      return { revision: await ctx.client.create(controllerRevisions, draft), collisionCount }
    } catch (error) {
      if (!isApiError(error, 'AlreadyExists')) throw error
      const existing = await ctx.client.get(controllerRevisions, {
        namespace: draft.metadata.namespace ?? '',
        name: draft.metadata.name ?? '',
      })
      const isOurs = controllerOf(existing)?.uid === owner.object.metadata.uid
      if (isOurs && isSameTemplate(templateOfRevision(existing), owner.template)) return { revision: existing, collisionCount }
    }
  }
}

function revisionDraft<T extends KubeObject>(
  { object, kind, template, hashLabel }: Historian<T>,
  revision: number,
  collisionCount: number | undefined,
): Draft<ControllerRevision> {
  const { name, namespace, annotations } = object.metadata
  const hash = templateHash(template, collisionCount)
  return {
    metadata: {
      name: `${name.slice(0, longestPrefix)}-${hash}`,
      ...(namespace ? { namespace } : {}),
      labels: { ...template.metadata?.labels, [hashLabel]: hash },
      annotations: Object.fromEntries(Object.entries(annotations ?? {}).filter(([key]) => key !== notCopied)),
      ownerReferences: [controllerReference(object, kind)],
    },
    data: revisionDataOf(template),
    revision,
  }
}
