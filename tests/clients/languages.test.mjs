// Relying parties in other languages, that we did not write: authlib in Python, go-oidc in Go, and
// the SDK of Nimbus in Java. Each goes through login, refresh, rotation, step-up and logout.
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { ROOT, newDir, startIam } from '../e2e/harness.mjs';
import { converse } from './converse.mjs';
import { activate, publish, rotationEnv } from './rotation.mjs';
import { scenario } from './scenario.mjs';

// Not `execFileSync`: what is blocked for seconds does not see that the server closed an idle connection.
const run = promisify(execFile);

const folder = (name) => new URL(`${name}/`, import.meta.url);

/** How each language runs its program; what it needs is installed once, under `.iam/tools`. */
const LANGUAGES = {
  'authlib (Python)': async () => {
    const tools = join(ROOT, '.iam/tools/python-clients');
    const python = join(tools, 'bin/python');
    const wanted = readFileSync(new URL('requirements.txt', folder('python')), 'utf8');
    const installed = join(tools, 'requirements.txt');
    if (!existsSync(installed) || readFileSync(installed, 'utf8') !== wanted) {
      await run('python3', ['-m', 'venv', tools]);
      await run(python, ['-m', 'pip', 'install', '--quiet', '-r', 'requirements.txt'], { cwd: folder('python') });
      await run('cp', ['requirements.txt', installed], { cwd: folder('python') });
    }
    return [python, ['flow.py'], folder('python')];
  },
  'go-oidc (Go)': async () => {
    const program = join(newDir(), 'client');
    await run('go', ['build', '-o', program, '.'], { cwd: folder('go') });
    return [program, [], folder('go')];
  },
  'Nimbus (Java)': async () => {
    const classpath = join(newDir(), 'classpath');
    await run('mvn', ['-q', '-B', 'dependency:build-classpath', `-Dmdep.outputFile=${classpath}`], { cwd: folder('java') });
    return ['java', ['-cp', readFileSync(classpath, 'utf8').trim(), 'Flow.java'], folder('java')];
  },
};

describe('stock clients in other languages', () => {
  let iam, here;

  before(async () => {
    iam = await startIam({ env: rotationEnv });
    here = await scenario(iam);
  });
  after(() => iam?.stop());

  for (const [name, prepare] of Object.entries(LANGUAGES)) {
    test(`${name} logs in, refreshes while keys are rotated, steps up and logs out`, { timeout: 240_000 }, async () => {
      const [program, args, cwd] = await prepare();
      const person = await here.personWithFactor();
      const told = here.told(here.clients.confidential, person);
      const visit = async ({ url }) => ({ url: (await person.visit(url)).href });
      const acts = {
        authorize: visit,
        logout: visit,
        publish: async () => ((await publish(iam)), {}),
        rotate: async () => ((await activate(iam)), {}),
      };
      await converse(program, args, { cwd, told, acts });
    });
  }
});
