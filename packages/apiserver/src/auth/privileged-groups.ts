import { allowed, noOpinion, type Authorizer } from './authorizer.ts'
import { mastersGroup, type User } from './user.ts'

const isPrivileged = ({ groups }: User): boolean => groups.includes(mastersGroup)

/** Lets the members of system:masters do everything, whatever roles there are. */
export const privilegedGroups: Authorizer = {
  authorize: ({ user }) => (isPrivileged(user) ? allowed() : noOpinion()),
  rulesFor: (user) =>
    Promise.resolve({
      resourceRules: isPrivileged(user) ? [{ verbs: ['*'], apiGroups: ['*'], resources: ['*'] }] : [],
      nonResourceRules: isPrivileged(user) ? [{ verbs: ['*'], nonResourceURLs: ['*'] }] : [],
      incomplete: false,
      evaluationError: '',
    }),
}
