{{/* As `iam up` sets up its own, which a test compares: crates/cli/src/hydra/config.rs says why. */}}
{{- define "iam.hydra.config" -}}
{{- $issuer := .Values.issuer }}
serve:
  public: {{ include "iam.hydra.listen" 4444 | nindent 4 }}
  admin: {{ include "iam.hydra.listen" 4445 | nindent 4 }}
urls:
  self: {issuer: {{ $issuer | quote }}}
  login: {{ $issuer }}/oauth2/login
  consent: {{ $issuer }}/oauth2/consent
  logout: {{ $issuer }}/oauth2/logout
  error: {{ $issuer }}/oauth2/error
  post_logout_redirect: {{ $issuer }}/oauth2/logout
webfinger: {oidc_discovery: {token_url: {{ $issuer | quote }}}}
strategies:
  access_token: jwt
  scope: exact
  jwt: {scope_claim: string}
oauth2:
  allowed_top_level_claims: [tenant, roles, permissions, acr, amr, act, claims]
  mirror_top_level_claims: false
  client_credentials: {default_grant_allowed_scope: true}
  grant: {refresh_token: {rotation_grace_period: 10s}}
  pkce: {enforced: true, enforced_for_public_clients: true}
ttl:
  access_token: 15m
  id_token: 15m
  refresh_token: 720h
  auth_code: 1m
  login_consent_request: 5m
log: {level: warn, leak_sensitive_values: false}
sqa: {opt_out: true}
{{- end }}

{{- define "iam.hydra.listen" -}}
host: 0.0.0.0
port: {{ . }}
request_log: {disable_for_health: true}
# TLS ends in front of us; who is let in may say so.
tls: {allow_termination_from: [0.0.0.0/0, "::/0"]}
{{- end }}

{{/* What is secret, and what has a secret in it. */}}
{{- define "iam.hydra.env" -}}
- name: DSN
  valueFrom: {secretKeyRef: {name: {{ .Values.hydra.existingSecret }}, key: dsn}}
- name: SECRETS_SYSTEM
  valueFrom: {secretKeyRef: {name: {{ .Values.hydra.existingSecret }}, key: secrets-system}}
- name: TOKEN_HOOK_KEY
  valueFrom: {secretKeyRef: {name: {{ .Values.app.existingSecret }}, key: token-hook-key}}
- name: OAUTH2_TOKEN_HOOK
  value: '{"url":"http://{{ include "iam.name" . }}/internal/token-hook","auth":{"type":"api_key","config":{"in":"header","name":"X-Token-Hook-Key","value":"$(TOKEN_HOOK_KEY)"}}}'
{{- end }}
