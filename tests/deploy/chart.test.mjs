// The Helm chart: what it renders, against the schemas of Kubernetes, `spin.toml`, and a real Hydra.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PROGRAM, ROOT, eventually, newDir, startIam, startProgram } from '../e2e/harness.mjs';
import { freePort } from '../gateway/servers.mjs';

const CHART = join(ROOT, 'charts/iam');
const LEAST = join(CHART, 'ci/postgres-values.yaml');
const TOOLS = join(ROOT, '.iam/tools/kubernetes-validate');
const PYTHON = join(TOOLS, 'bin/python');
/** The oldest that `Chart.yaml` takes, and a new one. */
const KUBERNETES = ['1.29', '1.34'];
/** Ways to install it. */
const WAYS = {
  'PostgreSQL behind the gateway': [],
  'MySQL behind the gateway': ['database.engine=mysql'],
  'SQL Server behind the gateway': ['database.engine=sqlserver'],
  'Turso, and Redis behind the gateway': ['database.engine=libsql', 'database.origin=https://iam.turso.io'],
  'MongoDB behind the gateway, with all that may be left out': [
    'database.engine=mongodb', 'signingKeys.existingSecret=iam-keys', 'imagePullSecrets[0].name=pull',
    ...everyVariable(),
  ],
  'Turso and Upstash without a gateway': [
    'gateway.enabled=false', 'database.engine=libsql', 'database.origin=https://iam.turso.io',
    'redis.origin=https://eu1.upstash.io', 'messages.enabled=false',
  ],
};

const tool = (name) => execFileSync(join(ROOT, `tools/${name}.sh`), { encoding: 'utf8' }).trim();

let helm;
before(() => {
  helm = tool('helm');
  const wanted = join(import.meta.dirname, 'requirements.txt');
  const installed = join(TOOLS, 'requirements.txt');
  if (existsSync(installed) && readFileSync(installed, 'utf8') === readFileSync(wanted, 'utf8')) return;
  execFileSync('python3', ['-m', 'venv', TOOLS]);
  execFileSync(PYTHON, ['-m', 'pip', 'install', '--quiet', '-r', wanted]);
  copyFileSync(wanted, installed);
});

/** A value for every variable that the chart leaves to whoever installs it. */
function everyVariable() {
  const { variables, secretVariables } = JSON.parse(readFileSync(join(CHART, 'values.schema.json'), 'utf8')).properties.app.properties;
  return [
    ...variables.propertyNames.enum.map((name) => `app.variables.${name}=1`),
    ...secretVariables.propertyNames.enum.map((name) => `app.secretVariables.${name}=a-key`),
  ];
}

const set = (values) => values.flatMap((value) => ['--set', value]);
const run = (args) => spawnSync(helm, args, { encoding: 'utf8' });
const render = (values, version = KUBERNETES[0]) =>
  run(['template', 'iam', CHART, '-f', LEAST, ...set(values), '--kube-version', version]);

/** The variables of `spin.toml`, by their names: `{required, secret}`. */
function spinVariables() {
  const program = 'import json, sys, tomllib; print(json.dumps(tomllib.load(sys.stdin.buffer)["variables"]))';
  const input = readFileSync(join(ROOT, 'spin.toml'));
  return new Map(Object.entries(JSON.parse(execFileSync(PYTHON, ['-c', program], { input, encoding: 'utf8' }))));
}

/** A server that hears of each request: `{port, close()}`. */
async function listen(hear) {
  const server = createServer((request, response) => {
    hear(request);
    response.writeHead(204).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port, close: () => server.close() };
}

/** The objects that a way of installing makes. */
function objects(values) {
  const { status, stdout, stderr } = render(values);
  assert.equal(status, 0, stderr);
  return parse(stdout);
}

function parse(yaml) {
  const program = 'import json, sys, yaml; print(json.dumps([o for o in yaml.safe_load_all(sys.stdin) if o]))';
  return JSON.parse(execFileSync(PYTHON, ['-c', program], { input: yaml, encoding: 'utf8' }));
}

/** What is wrong with a SpinApp, if anything. */
function wrongWith(app) {
  const program = 'import json, sys, jsonschema; jsonschema.validate(json.load(sys.stdin), json.load(open(sys.argv[1])))';
  const schema = join(import.meta.dirname, 'spinapp.schema.json');
  const { status, stderr } = spawnSync(PYTHON, ['-c', program, schema], { input: JSON.stringify(app), encoding: 'utf8' });
  return status === 0 ? null : stderr;
}

const named = (all, kind, name) => all.find((one) => one.kind === kind && one.metadata.name === name);

for (const [way, values] of Object.entries(WAYS)) {
  describe(way, () => {
    test('it is what Helm and Kubernetes take, of an old and a new version', () => {
      const lint = run(['lint', '--strict', CHART, '-f', LEAST, ...set(values)]);
      assert.equal(lint.status, 0, lint.stdout + lint.stderr);
      for (const version of KUBERNETES) {
        const { status, stdout, stderr } = render(values, version);
        assert.equal(status, 0, stderr);
        // It has no schema of SpinApp: ours is spinapp.schema.json.
        const known = stdout.split(/^---$/m).filter((one) => !one.includes('\nkind: SpinApp\n'));
        const file = join(newDir(), 'all.yaml');
        writeFileSync(file, known.join('---'));
        const valid = spawnSync(join(TOOLS, 'bin/kubernetes-validate'), ['--strict', '-k', version, file], { encoding: 'utf8' });
        assert.equal(valid.status, 0, valid.stdout + valid.stderr);
      }
      assert.equal(wrongWith(named(objects(values), 'SpinApp', 'iam')), null);
    });

    test('the schemas are made before anything that needs them is installed or upgraded', () => {
      const jobs = objects(values).filter(({ kind }) => kind === 'Job');
      assert.deepEqual(jobs.map(({ metadata }) => metadata.name).sort(), ['iam-hydra-migrate', 'iam-migrate']);
      for (const { metadata } of jobs) assert.equal(metadata.annotations['helm.sh/hook'], 'pre-install,pre-upgrade');
    });

    test('the app has the variables that spin.toml asks for and no other, and what is secret is only named', () => {
      const declared = spinVariables();
      const all = objects(values);
      assert.equal(all.find(({ kind }) => kind === 'Secret'), undefined);
      const { variables } = named(all, 'SpinApp', 'iam').spec;
      const names = variables.map(({ name }) => name);
      assert.equal(new Set(names).size, names.length);
      for (const { name, value, valueFrom } of variables) {
        assert.ok(declared.has(name), `${name} is no variable`);
        assert.equal(valueFrom === undefined, !declared.get(name).secret, name);
        if (value !== undefined) assert.equal(typeof value, 'string', name);
      }
      const required = [...declared].filter(([, { required }]) => required).map(([name]) => name);
      assert.deepEqual(required.filter((name) => !names.includes(name)), []);
    });

    test('no pod runs as root, writes to its own files, or has a token of Kubernetes', () => {
      const pods = objects(values).map(({ spec }) => (spec?.jobTemplate?.spec ?? spec)?.template?.spec).filter(Boolean);
      assert.ok(pods.length >= 3);
      for (const pod of pods) {
        assert.equal(pod.automountServiceAccountToken, false);
        assert.equal(pod.securityContext.runAsNonRoot, true);
        for (const { securityContext } of pod.containers) {
          assert.deepEqual(securityContext, {
            allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] },
          });
        }
      }
    });

    test('Hydra and the gateway let in nobody but the app', () => {
      const all = objects(values);
      const guarded = ['iam-hydra', ...(named(all, 'Deployment', 'iam-gateway') ? ['iam-gateway'] : [])];
      for (const name of guarded) {
        const { spec } = named(all, 'NetworkPolicy', name);
        const labels = named(all, 'Deployment', name).spec.template.metadata.labels;
        assert.deepEqual(spec.podSelector.matchLabels, labels);
        assert.deepEqual(spec.ingress.map(({ from }) => from), [
          [{ podSelector: { matchLabels: { 'core.spinkube.dev/app-name': 'iam' } } }],
        ]);
      }
    });
  });
}

test('every variable of spin.toml can be set, and numbers of a file are written as such', () => {
  const all = named(objects(everyVariable()), 'SpinApp', 'iam').spec.variables;
  assert.deepEqual(all.map(({ name }) => name).sort(), [...spinVariables().keys()].sort());
  const file = join(newDir(), 'values.yaml');
  writeFileSync(file, 'app: {variables: {password_memory_kib: 1048576, trusted_proxy_hops: 0}}');
  const { stdout, stderr } = run(['template', 'iam', CHART, '-f', LEAST, '-f', file, '--kube-version', KUBERNETES[0]]);
  for (const [name, value] of [['password_memory_kib', '1048576'], ['trusted_proxy_hops', '0']]) {
    assert.ok(stdout.includes(`{name: ${name}, value: "${value}"}`), stderr);
  }
});

test('values that are wrong, or not known, are refused', () => {
  for (const wrong of [
    'issuer=http://id.example.com', 'issuer=https://id.example.com/', 'database.engine=oracle', 'gateway.replica=3',
    'gateway.replicas=0', 'app.image=', 'app.variables.mial_url=x', 'app.variables.issuer=x', 'app.variables.mail_token=hunter2',
    'database.origin=https://db.example.com/iam', 'database.url=postgres://iam:hunter2@db/iam',
  ]) {
    for (const { status, stdout, stderr } of [render([wrong]), run(['lint', CHART, '-f', LEAST, '--set', wrong])]) {
      assert.equal(status, 1, wrong);
      assert.match(stdout + stderr, /schema/, wrong);
      assert.ok(!(stdout + stderr).includes('hunter2'), wrong);
    }
  }
  for (const missing of [['gateway.enabled=false'], ['database.engine=libsql']]) {
    const { status, stderr } = render(missing);
    assert.notEqual(status, 0);
    assert.match(stderr, /database\.origin: where the database speaks HTTP/);
  }
});

test('a manifest that Kubernetes or SpinKube would not take fails', () => {
  const file = join(newDir(), 'wrong.yaml');
  writeFileSync(file, render([]).stdout.split(/^---$/m).find((one) => one.includes('kind: Job')).replace('backoffLimit:', 'backOffLimit:'));
  const { status } = spawnSync(join(TOOLS, 'bin/kubernetes-validate'), ['--strict', '-k', KUBERNETES[1], file]);
  assert.equal(status, 1);
  const app = named(objects([]), 'SpinApp', 'iam');
  assert.match(wrongWith({ ...app, spec: { ...app.spec, replica: 2 } }), /replica/);
});

test('what the migration Jobs run makes the schemas, and finds them made the next time', () => {
  const dir = newDir();
  const programs = { iam: PROGRAM, hydra: tool('hydra') };
  const env = { ...process.env, IAM_DATABASE_URL: join(dir, 'iam.db'), IAM_DATABASE_TOKEN: '', DSN: `sqlite://${join(dir, 'hydra.db')}?_fk=true` };
  const all = objects([]);
  for (const job of ['iam-migrate', 'iam-hydra-migrate']) {
    const container = named(all, 'Job', job).spec.template.spec.containers[0];
    for (const { name } of container.env) assert.ok(name in env, name);
    // The image of Hydra has it as its entry point.
    const [program, ...args] = [...(container.command ?? ['hydra']), ...container.args ?? []];
    for (const time of ['first', 'second']) {
      const { status, stderr } = spawnSync(programs[program], args, { env, encoding: 'utf8' });
      assert.equal(status, 0, `${job}, the ${time} time: ${stderr}`);
    }
  }
});

describe("the chart's Hydra", () => {
  let iam, config, env;
  before(async () => {
    iam = await startIam();
    const all = objects([]);
    config = parse(named(all, 'ConfigMap', 'iam-hydra').data['hydra.yaml'])[0];
    env = named(all, 'Deployment', 'iam-hydra').spec.template.spec.containers[0].env;
  });
  after(() => iam?.stop());

  const hook = () => env.find(({ name }) => name === 'OAUTH2_TOKEN_HOOK').value;

  test('it is configured as that of `iam up`', () => {
    const own = JSON.parse(readFileSync(join(iam.dir, 'hydra.json'), 'utf8'));
    const chart = structuredClone(config);
    chart.oauth2.token_hook = JSON.parse(hook());
    for (const one of [own, chart]) {
      delete one.dsn;
      delete one.secrets;
      for (const served of Object.values(one.serve)) for (const key of ['host', 'port', 'tls']) delete served[key];
      one.oauth2.token_hook.url = new URL(one.oauth2.token_hook.url).pathname;
      one.oauth2.token_hook.auth.config.value = '';
    }
    const issuer = own.urls.self.issuer;
    assert.deepEqual(chart, JSON.parse(JSON.stringify(own).replaceAll(issuer, 'https://id.example.com')));
  });

  test('it starts with that, and shows the key to the token hook', async () => {
    const dir = newDir();
    const file = join(dir, 'hydra.json');
    for (const [name, served] of Object.entries(config.serve)) {
      Object.assign(served, { host: '127.0.0.1', port: await freePort() });
      assert.ok(served.port, name);
    }
    writeFileSync(file, JSON.stringify(config));
    const asked = [];
    const receiver = await listen((request) => asked.push([request.url, request.headers['x-token-hook-key']]));
    const value = hook().replace('$(TOKEN_HOOK_KEY)', 'the-key').replace('http://iam', `http://127.0.0.1:${receiver.port}`);
    const program = await startProgram(tool('hydra'), ['serve', 'all', '--config', file], {
      env: { DSN: 'memory', SECRETS_SYSTEM: '0123456789abcdef'.repeat(2), OAUTH2_TOKEN_HOOK: value },
      ready: /./,
    });
    try {
      const [pub, admin] = ['public', 'admin'].map((name) => `http://127.0.0.1:${config.serve[name].port}`);
      await eventually(() => fetch(`${admin}/health/ready`).then(({ ok }) => ok, () => false), { within: 30_000 });
      const client = {
        client_id: 'batch', client_secret: 'a-secret', grant_types: ['client_credentials'], scope: 'read',
        token_endpoint_auth_method: 'client_secret_post',
      };
      const added = await fetch(`${admin}/admin/clients`, { method: 'POST', body: JSON.stringify(client) });
      assert.equal(added.status, 201, await added.text());
      const body = new URLSearchParams({ grant_type: 'client_credentials', client_id: 'batch', client_secret: 'a-secret' });
      const answer = await fetch(`${pub}/oauth2/token`, { method: 'POST', body, headers: { 'x-forwarded-proto': 'https' } });
      assert.equal(answer.status, 200, await answer.text());
      assert.deepEqual(asked, [['/internal/token-hook', 'the-key']]);
    } finally {
      await program.stop();
      receiver.close();
    }
  });
});
