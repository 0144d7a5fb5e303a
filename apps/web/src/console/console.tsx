'use client'

import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { lazy, Suspense } from 'react'
import { Toaster } from 'sonner'

import { goToSignIn } from '../api/go-to-sign-in.ts'
import { isUnauthorized } from '../api/trpc.ts'
import { ActionsProvider } from '../actions/actions-provider.tsx'
import { ListPage } from '../list/list-page.tsx'
import { OverviewPage } from '../overview/overview-page.tsx'
import { useLocation } from './navigation.tsx'
import { NotFoundPage } from './not-found-page.tsx'
import { routeOf, type Route } from './route.ts'
import { Shell } from './shell.tsx'
import { Spinner } from '@quarterdeck/ui'

const DetailPage = lazy(() => import('../detail/detail-page.tsx').then((module) => ({ default: module.DetailPage })))
const ApplyPage = lazy(() => import('../apply/apply-page.tsx').then((module) => ({ default: module.ApplyPage })))

const ControlPlanePage = lazy(() =>
  import('../control-plane/control-plane-page.tsx').then((module) => ({ default: module.ControlPlanePage })),
)

const WhatIfPage = lazy(() => import('../what-if/what-if-page.tsx').then((module) => ({ default: module.WhatIfPage })))

const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (count, error) => {
        if (isUnauthorized(error)) goToSignIn()
        return !isUnauthorized(error) && count < 2
      },
      refetchOnWindowFocus: false,
    },
  },
})

/** The whole console, in the browser. */
export function Console() {
  const { path } = useLocation()
  return (
    <QueryClientProvider client={queryClient}>
      <ActionsProvider>
        <Shell>
          <Suspense fallback={<Spinner className="p-6" />}>
            <Page route={routeOf(path)} />
          </Suspense>
        </Shell>
      </ActionsProvider>
      <Toaster
        position="bottom-right"
        theme={document.documentElement.dataset['theme'] === 'dark' ? 'dark' : 'light'}
        closeButton
        duration={6000}
        toastOptions={{ className: '!bg-raised !text-ink !border-line !shadow-pop !font-sans' }}
      />
    </QueryClientProvider>
  )
}

function Page({ route }: { route: Route }) {
  switch (route.page) {
    case 'overview':
      return <OverviewPage />
    case 'apply':
      return <ApplyPage />
    case 'control-plane':
      return <ControlPlanePage />
    case 'what-if':
      return <WhatIfPage />
    case 'not-found':
      return <NotFoundPage title="There is no such page">Nothing in the dashboard has this address.</NotFoundPage>
    case 'list':
      return <ListPage key={route.resource} resource={route.resource} />
    case 'detail':
      return <DetailPage key={JSON.stringify(route)} resource={route.resource} namespace={route.namespace} name={route.name} />
  }
}
