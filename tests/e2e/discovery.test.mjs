// Discovery (OIDC Discovery §4) and RFC 8414: every line is proved, and nothing is left out.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { decodeProtectedHeader } from 'jose';
import { addPerson, addTenant, loginTo } from './admin.mjs';
import { Browser, authorization } from './browser.mjs';
import { call, payload, succeeded, tokensOf } from './client.mjs';
import { startIam } from './harness.mjs';
import { CALLBACK, addApp, addService, assertion, basic, codeFor, codeForm, form, keyPair, token } from './oauth.mjs';

describe('the metadata', () => {
  let iam, metadata, tenant, person, app;
  before(async () => {
    iam = await startIam();
    metadata = succeeded(await call(iam, '/.well-known/openid-configuration'));
    tenant = await addTenant(iam);
    person = await addPerson(tenant.operator, {
      emails: [{ address: 'ada@acme.example', verified: true }],
      phone: '+4915112345678',
      profile: {
        name: 'Ada L.', given_name: 'Ada', family_name: 'L.', nickname: 'ada', picture: 'https://acme.example/ada.png',
        zoneinfo: 'Europe/Berlin', locale: 'en-GB',
      },
    });
    app = await addApp(tenant);
  });
  after(() => iam?.stop());

  const ENDPOINTS = [
    'authorization_endpoint', 'token_endpoint', 'userinfo_endpoint', 'revocation_endpoint', 'introspection_endpoint',
    'registration_endpoint', 'pushed_authorization_request_endpoint', 'end_session_endpoint', 'authorization_challenge_endpoint', 'jwks_uri',
  ];
  const ALGORITHMS = ['ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512', 'RS256', 'RS384', 'RS512'];

  test('both documents are the same, for anybody to read', async () => {
    for (const name of ['openid-configuration', 'oauth-authorization-server']) {
      const answer = await call(iam, `/.well-known/${name}`);
      assert.deepEqual(succeeded(answer), metadata);
      assert.equal(answer.headers.get('access-control-allow-origin'), '*');
      assert.match(answer.headers.get('cache-control'), /max-age=\d+/);
    }
  });

  test('no line is without its proof', () => {
    const proved = new Set([
      'issuer', ...ENDPOINTS, 'grant_types_supported', 'response_types_supported', 'response_modes_supported',
      'code_challenge_methods_supported', 'scopes_supported', 'prompt_values_supported', 'acr_values_supported',
      'claims_supported', 'claim_types_supported', 'subject_types_supported', 'id_token_signing_alg_values_supported',
      'token_endpoint_auth_methods_supported', 'token_endpoint_auth_signing_alg_values_supported',
      'revocation_endpoint_auth_methods_supported', 'revocation_endpoint_auth_signing_alg_values_supported',
      'introspection_endpoint_auth_methods_supported', 'introspection_endpoint_auth_signing_alg_values_supported',
      'authorization_response_iss_parameter_supported', 'require_pushed_authorization_requests',
      'request_parameter_supported', 'request_uri_parameter_supported', 'claims_parameter_supported',
      'backchannel_logout_supported', 'backchannel_logout_session_supported',
    ]);
    assert.deepEqual(Object.keys(metadata).filter((name) => !proved.has(name)), []);
  });

  test('each endpoint is ours and is there', async () => {
    for (const name of ENDPOINTS) {
      assert.ok(metadata[name].startsWith(`${metadata.issuer}/`), `${name} ${metadata[name]}`);
      const { status } = await fetch(metadata[name], { redirect: 'manual' });
      assert.notEqual(status, 404, `${name} ${metadata[name]}`);
    }
  });

  test('tokens are as they are said to be', async () => {
    const code = await codeFor(iam, tenant, person, app.id, { scope: 'openid profile email phone', nonce: 'n-0123456789' });
    const tokens = succeeded(await token(iam, codeForm(code, { client_id: app.id })));
    const claims = payload(tokens.id_token);
    assert.equal(claims.iss, metadata.issuer);
    assert.equal(payload(tokens.access_token).iss, metadata.issuer);
    assert.deepEqual(metadata.id_token_signing_alg_values_supported, [decodeProtectedHeader(tokens.id_token).alg]);
    for (const claim of metadata.claims_supported) assert.notEqual(claims[claim], undefined, `no ${claim}`);
    const known = [...metadata.claims_supported, 'jti', 'rat'];
    assert.deepEqual(Object.keys(claims).filter((claim) => !known.includes(claim)), []);
    assert.deepEqual(metadata.claim_types_supported, ['normal']);
    // Public subjects: another client is told the same.
    assert.deepEqual(metadata.subject_types_supported, ['public']);
    const other = await tokensOf(iam, loginTo(tenant, person.username));
    assert.equal(payload(other.id_token).sub, claims.sub);
    assert.ok(metadata.acr_values_supported.includes(claims.acr));
    assert.deepEqual(metadata.acr_values_supported, ['pwd', 'mfa']);
  });

  test('each scope is granted', async () => {
    for (const scope of metadata.scopes_supported) {
      const code = await codeFor(iam, tenant, person, app.id, { scope });
      assert.equal(succeeded(await token(iam, codeForm(code, { client_id: app.id }))).scope, scope);
    }
  });

  test('each grant type is known at the token endpoint, and no other', async () => {
    const error = async (grant_type) => (await token(iam, { grant_type, client_id: app.id })).body.error;
    for (const type of metadata.grant_types_supported) assert.notEqual(await error(type), 'unsupported_grant_type', type);
    for (const type of ['password', 'implicit', 'urn:ietf:params:oauth:grant-type:jwt-bearer', 'urn:ietf:params:oauth:grant-type:device_code']) {
      assert.equal(await error(type), 'unsupported_grant_type', type);
    }
  });

  /** The parameters of the error that an authorization request is answered with, or `undefined`. */
  const refusal = async (change) => {
    const page = await new Browser(iam).open(authorization(app.id, CALLBACK, change).path);
    const error = page instanceof URL && page.href.startsWith(CALLBACK) ? page.searchParams : undefined;
    if (error) assert.equal(error.get('iss'), metadata.issuer);
    return error?.get('error');
  };

  test('what may be asked for can be, and nothing else', async () => {
    assert.equal(metadata.authorization_response_iss_parameter_supported, true);
    assert.deepEqual(metadata.response_types_supported, ['code']);
    for (const response_type of ['token', 'id_token', 'code id_token']) {
      assert.equal(await refusal({ response_type }), 'unsupported_response_type');
    }
    assert.deepEqual(metadata.response_modes_supported, ['query']);
    assert.equal(await refusal({ response_mode: 'query' }), undefined);
    assert.equal(await refusal({ response_mode: 'fragment' }), 'invalid_request');
    assert.deepEqual(metadata.code_challenge_methods_supported, ['S256']);
    assert.equal(await refusal({ code_challenge_method: 'plain' }), 'invalid_request');
    for (const prompt of metadata.prompt_values_supported) {
      assert.notEqual(await refusal({ prompt }), 'invalid_request', prompt);
    }
    assert.equal(await refusal({ prompt: 'create' }), 'invalid_request');
    assert.equal(metadata.request_parameter_supported, false);
    assert.equal(await refusal({ request: 'e30.e30.' }), 'request_not_supported');
    assert.equal(metadata.request_uri_parameter_supported, false);
    // Not pushed here, so OIDC Core §6.2 would have to fetch it.
    assert.notEqual(await refusal({ request_uri: 'https://app.example/request' }), undefined);
    assert.equal(metadata.require_pushed_authorization_requests, false);
    assert.equal(await refusal({}), undefined);
  });

  test('the parameter claims is not looked at', async () => {
    assert.equal(metadata.claims_parameter_supported, false);
    const claims = JSON.stringify({ id_token: { email: { essential: true } } });
    const code = await codeFor(iam, tenant, person, app.id, { scope: 'openid', claims });
    const { id_token } = succeeded(await token(iam, codeForm(code, { client_id: app.id })));
    assert.equal(payload(id_token).email, undefined);
  });

  test('a client proves itself in each way that is named, and in no other', async () => {
    const key = await keyPair();
    const secret = { id: 'client_secret_post', grant_types: ['client_credentials'] };
    const clients = {
      none: [app, ({ id }) => [{ client_id: id }]],
      client_secret_basic: [await addService(tenant), ({ id, client_secret }) => [{}, basic(id, client_secret)]],
      client_secret_post: [
        await addService(tenant, { token_endpoint_auth_method: secret.id }),
        ({ id, client_secret }) => [{ client_id: id, client_secret }],
      ],
      private_key_jwt: [
        await addService(tenant, { token_endpoint_auth_method: 'private_key_jwt', jwks: key.jwks }),
        async ({ id }) => [await assertion(iam, id, key)],
      ],
    };
    const works = async (endpoint, fields, method) => {
      const [client, proof] = clients[method];
      const [more, headers] = await proof(client);
      return (await form(iam, endpoint, { ...fields, ...more }, headers)).body?.error !== 'invalid_client';
    };
    const all = Object.keys(clients);
    for (const [endpoint, name, fields] of [
      ['token', 'token', { grant_type: 'refresh_token', refresh_token: 'x' }],
      ['revoke', 'revocation', { token: 'x' }],
      ['introspect', 'introspection', { token: 'x' }],
    ]) {
      const able = [];
      for (const method of all) if (await works(endpoint, fields, method)) able.push(method);
      assert.deepEqual([...metadata[`${name}_endpoint_auth_methods_supported`]].sort(), able.sort(), endpoint);
      assert.deepEqual(metadata[`${name}_endpoint_auth_signing_alg_values_supported`], ALGORITHMS);
    }
  });

  test('assertions are signed with each algorithm that is named', async () => {
    for (const alg of ALGORITHMS) {
      const key = await keyPair(alg);
      const service = await addService(tenant, { token_endpoint_auth_method: 'private_key_jwt', jwks: key.jwks });
      succeeded(await token(iam, { grant_type: 'client_credentials', ...(await assertion(iam, service.id, key)) }));
    }
  });

  test('a client may be told of logouts at its back channel, with the session', async () => {
    assert.equal(metadata.backchannel_logout_supported, true);
    assert.equal(metadata.backchannel_logout_session_supported, true);
    // That it is told is proved with logouts; here, that it can be registered and has sessions.
    const told = await addApp(tenant, {
      backchannel_logout_uri: 'http://127.0.0.1:3000/logout', backchannel_logout_session_required: true,
    });
    const code = await codeFor(iam, tenant, person, told.id, { scope: 'openid' });
    const { id_token } = succeeded(await token(iam, codeForm(code, { client_id: told.id })));
    assert.match(payload(id_token).sid, /./);
  });
});
