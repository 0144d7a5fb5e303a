import { z } from 'zod'

import { sessionCookieText } from '../context.ts'
import { openProcedure, procedure } from '../trpc.ts'

/** Sets the session cookie. Rejects with Unauthorized for a wrong name or password. */
export const signIn = openProcedure
  .input(z.object({ userName: z.string().min(1).max(253), password: z.string().max(1000) }))
  .mutation(async ({ ctx, input }) => {
    const { token, expiresAt, user } = await ctx.server.sessions.signIn(input.userName, input.password)
    ctx.responseHeaders.append('Set-Cookie', sessionCookieText(ctx.request, token, expiresAt))
    return { userName: user.name, expiresAt: expiresAt.toISOString() }
  })

export const signOut = openProcedure.mutation(({ ctx }) => {
  ctx.responseHeaders.append('Set-Cookie', sessionCookieText(ctx.request, '', new Date(0)))
})

export const me = procedure.query(({ ctx }) => ({ userName: ctx.user.name, groups: ctx.user.groups }))
