import { startInstance } from './start-instance.js';

await startInstance(Number(process.env['PORT'] ?? 3000), ['error', 'warn', 'log']);
