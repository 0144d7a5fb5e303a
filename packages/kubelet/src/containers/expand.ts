/**
 * Replaces `$(NAME)` by the variable's value; one that is not known stays as it is, and `$$` stands for a dollar sign,
 * as in commands, arguments and environment values of Kubernetes.
 */
export function expandVariables(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\$(?:\$|\(([^)]*)\))/g, (whole, name: string | undefined) =>
    name === undefined ? '$' : (variables.get(name) ?? whole),
  )
}
