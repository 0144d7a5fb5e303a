import { webContext } from '@quarterdeck/trpc/web-context'

export const dynamic = 'force-dynamic'

function handle(request: Request): Promise<Response> {
  return webContext().handleTrpc(request)
}

export { handle as GET, handle as POST }
