'use client'

import dynamic from 'next/dynamic'

/** The console has nothing to render on the server. */
export const ConsoleLoader = dynamic(() => import('./console.tsx').then((module) => module.Console), { ssr: false })
