// Starts a real `iam up` in a folder of its own, and stops it whatever becomes of the test.
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { createClient } from '@libsql/client';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const PROGRAM = process.env.IAM_BIN ?? join(ROOT, 'target/release/iam');
/** All tests come from one address, so only those of the limits have some. */
export const NO_LIMITS = 'ip=off client=off tenant=off account=off';
const UNLIMITED = {
  SPIN_VARIABLE_LOGIN_LIMITS: NO_LIMITS,
  SPIN_VARIABLE_OTP_LIMITS: NO_LIMITS,
  SPIN_VARIABLE_MESSAGE_LIMITS: NO_LIMITS,
};
// Components are compiled once for all tests, not by each that starts an `iam up` of its own. Its
// cache knows them by their digests, so one of an older build is compiled all the same.
const COMPILED = join(ROOT, 'target/compiled-for-tests');
const READY_WITHIN_MS = 180_000;
const STOP_WITHIN_MS = 15_000;

// `ready`, and all that a person is told after it: the demo user's password has no place in a log,
// but here.
const ANNOUNCED = /^ready[^]*\n  Stop .*\n/m;

/** The Hydra to run, as `make up` finds it. */
let hydra;

const cleanups = new Set();
process.on('exit', () => cleanups.forEach((cleanup) => cleanup()));
// The test runner ends a file that takes too long with SIGTERM, which alone runs no 'exit' handlers.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

/** Does `cleanup` when this process ends, unless the function that is returned did it before. */
export function atExit(cleanup) {
  cleanups.add(cleanup);
  return () => cleanups.delete(cleanup) && cleanup();
}

/**
 * Starts a program and waits for a line of its standard output that matches `ready`.
 *
 * Gives `{pid, match, logs(), stop(signal)}`; `stop` waits for the end and gives its exit code.
 */
export async function startProgram(program, args, { env, cwd = ROOT, ready, within = READY_WITHIN_MS }) {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A process group of its own, so that all of it can be ended at once.
    detached: true,
  });
  let output = '';
  const failed = new Promise((_, reject) => child.once('error', reject));
  const ended = once(child, 'exit');
  const outputEnded = once(child, 'close');
  for (const promise of [ended, outputEnded]) promise.catch(() => {});
  const kill = atExit(() => killGroup(child.pid));
  const becameReady = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
        const match = output.match(ready);
        if (match) resolve(match);
      });
    }
  });
  const tail = () => output.split('\n').slice(-30).join('\n');
  const match = await Promise.race([
    becameReady,
    failed,
    ended.then(async ([code, signal]) => {
      await Promise.race([outputEnded, timeout(1_000)]);
      reject(`${program} ended at once (${signal ?? code}):\n${tail()}`);
    }),
    timeout(within).then(() => reject(`${program} was not ready within ${within} ms:\n${tail()}`)),
  ]).catch((error) => {
    kill();
    throw error;
  });
  return {
    pid: child.pid,
    match,
    logs: () => output,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode === null && child.signalCode === null) process.kill(child.pid, signal);
      const late = timeout(STOP_WITHIN_MS).then(() => reject(`${program} did not stop on ${signal}:\n${tail()}`));
      const [code] = await Promise.race([ended, late]).finally(kill);
      return code;
    },
  };
}

/**
 * Starts `iam up` with the demo tenant.
 *
 * Gives `{baseUrl, dev, state, db, dir, pid, announcement, logs(), hydraLogs(), stop(signal)}`: what
 * it wrote to dev.json and state.json, a client of its database, what it printed until it was ready,
 * and its log since.
 */
export async function startIam({ env = {}, dir = newDir(), port = 0, manifest = join(ROOT, 'spin.toml') } = {}) {
  const args = ['up', '--port', String(port), '--dir', dir, '--manifest', manifest, '--demo'];
  const HYDRA_BIN = (hydra ??= execFileSync(join(ROOT, 'tools/hydra.sh'), { encoding: 'utf8' }).trim());
  takeCompiled(dir);
  const program = await startProgram(PROGRAM, args, { env: { HYDRA_BIN, ...UNLIMITED, ...env }, ready: ANNOUNCED });
  keepCompiled(dir);
  const read = (name) => JSON.parse(readFileSync(join(dir, name), 'utf8'));
  const [dev, state] = [read('dev.json'), read('state.json')];
  const db = createClient({ url: state.database_origin, authToken: state.database_token });
  const announced = program.logs().length;
  return {
    baseUrl: dev.base_url,
    dev,
    state,
    db,
    dir,
    pid: program.pid,
    announcement: program.logs(),
    logs: () => program.logs().slice(announced),
    hydraLogs: () => readFileSync(join(dir, 'hydra.log'), 'utf8'),
    async stop(signal) {
      db.close();
      return program.stop(signal);
    },
  };
}

/** Gives a new folder what an earlier test has compiled. */
function takeCompiled(dir) {
  const cache = join(dir, 'cache');
  if (!existsSync(COMPILED) || existsSync(cache)) return;
  mkdirSync(cache, { mode: 0o700 });
  cpSync(COMPILED, cache, { recursive: true });
}

/** Keeps what was compiled in `dir` for the next test. */
function keepCompiled(dir) {
  const cache = join(dir, 'cache');
  const names = (folder) => (existsSync(folder) ? readdirSync(folder).sort().join() : '');
  if (names(cache) === names(COMPILED)) return;
  const copy = mkdtempSync(`${COMPILED}-`);
  cpSync(cache, copy, { recursive: true });
  // Another test may do the same at the same time; either copy is good.
  rmSync(COMPILED, { recursive: true, force: true });
  try {
    renameSync(copy, COMPILED);
  } catch {
    rmSync(copy, { recursive: true, force: true });
  }
}

/** A new folder that is gone when this process is. */
export function newDir() {
  const dir = mkdtempSync(join(tmpdir(), 'iam-e2e-'));
  atExit(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The processes that `pid` started and that still run: `{pid, command}`. */
export function childrenOf(pid) {
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return processes.flatMap((name) => {
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      // The name of a program stands in parentheses and may have some itself; then: state, parent.
      const [, command, state, parent] = stat.match(/\((.*)\) (\S) (\d+)/s);
      return Number(parent) === pid && state !== 'Z' ? [{ pid: Number(name), command }] : [];
    } catch {
      return []; // It ended meanwhile.
    }
  });
}

/** Ends the Hydra of a running `iam up`, which is to start another. */
export function killHydra(iam) {
  const [hydra] = childrenOf(iam.pid);
  if (!hydra) throw new Error('iam has no child');
  process.kill(hydra.pid, 'SIGKILL');
  return hydra.pid;
}

export function isRunning(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').match(/\(.*\) (\S)/s)[1] !== 'Z';
  } catch {
    return false;
  }
}

/** Asks again and again until `check` gives something, or fails with what it gave last. */
export async function eventually(check, { within = 10_000, every = 100 } = {}) {
  const end = Date.now() + within;
  for (;;) {
    const outcome = await check();
    if (outcome) return outcome;
    if (Date.now() > end) throw new Error(`not so within ${within} ms: ${check}`);
    await sleep(every);
  }
}

/** Waits; it alone keeps nothing running. */
function timeout(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function reject(message) {
  throw new Error(message);
}

function killGroup(pid) {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}
