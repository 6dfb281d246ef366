package main

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// claims are those of an access token (RFC 9068), as OPA gets them.
type claims map[string]any

var (
	// errInvalidToken means that the token is not a good one: forged, expired, or for others.
	errInvalidToken = errors.New("invalid token")
	// errNoKeys means that nobody can tell, as the keys cannot be had.
	errNoKeys = errors.New("keys not available")
)

// verifier verifies access tokens. The keys are fetched with the first token and again when one
// has a new key id; nothing else is ever asked of the issuer.
type verifier struct {
	tokens *oidc.IDTokenVerifier
}

func newVerifier(ctx context.Context, s settings) verifier {
	ctx = oidc.ClientContext(ctx, &http.Client{Timeout: 5 * time.Second})
	keys := keySet{oidc.NewRemoteKeySet(ctx, s.JWKSURI)}
	// The checks of go-oidc are those of RFC 9068 §4: signature, iss, aud, exp. What it calls the
	// client id is the audience that must be named: our API's, which no ID token has.
	config := &oidc.Config{ClientID: s.Issuer, SupportedSigningAlgs: []string{oidc.ES256}}
	return verifier{oidc.NewVerifier(s.Issuer, keys, config)}
}

// verify gives the claims of a good token. The error wraps errInvalidToken or errNoKeys, with a
// text for the log.
func (v verifier) verify(ctx context.Context, token string) (claims, error) {
	var noKeys error
	verified, err := v.tokens.Verify(context.WithValue(ctx, noKeysNote{}, &noKeys), token)
	switch {
	case noKeys != nil:
		return nil, errors.Join(errNoKeys, noKeys)
	case err != nil:
		return nil, errors.Join(errInvalidToken, err)
	}
	var c claims
	if err := verified.Claims(&c); err != nil {
		return nil, errors.Join(errInvalidToken, err)
	}
	if !c.has("sub") || !c.has("client_id") {
		return nil, errors.Join(errInvalidToken, errors.New("not an access token"))
	}
	return c, nil
}

func (c claims) has(name string) bool {
	text, ok := c[name].(string)
	return ok && text != ""
}

// keySet notes in the context why keys could not be had: the verifier's error does not tell that
// from a wrong signature.
type keySet struct{ remote *oidc.RemoteKeySet }

type noKeysNote struct{}

func (k keySet) VerifySignature(ctx context.Context, jwt string) ([]byte, error) {
	payload, err := k.remote.VerifySignature(ctx, jwt)
	// A wrong signature has no cause beneath it.
	if cause := errors.Unwrap(err); cause != nil {
		if note, ok := ctx.Value(noKeysNote{}).(*error); ok {
			*note = cause
		}
	}
	return payload, err
}
