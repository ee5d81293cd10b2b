import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    setupFiles: ['tools/settle-chance.mjs'],
    include: ['packages/**/*.test.ts', 'services/**/*.test.ts', 'tests/**/*.test.ts', 'bench/**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/dist/**', '**/*.long.test.ts', '**/*.soak.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
