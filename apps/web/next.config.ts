import type { NextConfig } from 'next'

const config: NextConfig = {
  // The Node server holds the API core; only interface code is bundled.
  transpilePackages: ['@quarterdeck/ui'],
  // `npm run typecheck` checks the types of the whole repository.
  typescript: { ignoreBuildErrors: true },
  poweredByHeader: false,
  reactStrictMode: true,
  devIndicators: false,
  allowedDevOrigins: ['127.0.0.1'],
  // Pages are shells: nothing is worth being kept in the server's memory.
  cacheMaxMemorySize: 0,
  experimental: { preloadEntriesOnStart: false },
}

export default config
