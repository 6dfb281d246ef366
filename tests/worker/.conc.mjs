import { startIam } from '/work/main/tests/e2e/harness.mjs';
import { login } from '/work/main/tests/e2e/client.mjs';
const iam = await startIam();
for (const n of [1,1,1,5,10,20,50]) {
  const start = performance.now();
  const answers = await Promise.all(Array.from({ length: n }, async () => { const s = performance.now(); const a = await login(iam); return [a.status, Math.round(performance.now() - s), a.body.code]; }));
  console.log(n, Math.round(performance.now() - start), 'ms', 'failed', answers.filter(a => a[0] !== 200).map(a=>a[2]).join(), 'max', Math.max(...answers.map(a => a[1])));
}
console.log(iam.hydraLogs().split('\n').filter(l=>/locked/.test(l)).length, 'locked');
await iam.stop();
