// A stock client in a program of its own. It writes a line of JSON for each thing that it wants a
// person or an operator to do, and reads a line back.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { atExit } from '../e2e/harness.mjs';

/**
 * Runs `program` until it ends; gives what its line `done` said.
 *
 * `told` is in its environment as `SCENARIO`. `acts` are what can be asked for, by name.
 */
export async function converse(program, args, { cwd, told, acts }) {
  const env = { ...process.env, SCENARIO: JSON.stringify(told) };
  const child = spawn(program, args, { cwd, env, stdio: ['pipe', 'pipe', 'pipe'] });
  const kill = atExit(() => child.kill('SIGKILL'));
  const ended = once(child, 'close');
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text) => (errors += text));
  // It may end while it is being answered; its exit code tells.
  child.stdin.on('error', () => {});
  let outcome;
  for await (const line of createInterface({ input: child.stdout })) {
    if (!line.startsWith('{')) continue; // Not for us: a build tool's, or a warning.
    const { act, ...wanted } = JSON.parse(line);
    if (act === 'done') outcome = wanted;
    else child.stdin.write(`${JSON.stringify(await acts[act](wanted))}\n`);
  }
  const [code] = await ended;
  kill();
  if (code !== 0 || !outcome) throw new Error(`${program} ended with ${code}:\n${errors}`);
  return outcome;
}
