package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const issuer = "https://iam.example"

func newKey(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return key
}

// service is the service with an issuer whose only key is key.
func service(t *testing.T, key *ecdsa.PrivateKey) http.Handler {
	t.Helper()
	public := jose.JSONWebKey{Key: key.Public(), KeyID: "k1", Algorithm: "ES256", Use: "sig"}
	jwks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public}})
	}))
	t.Cleanup(jwks.Close)
	return serviceOf(t, jwks.URL)
}

func serviceOf(t *testing.T, jwksURI string) http.Handler {
	t.Helper()
	s := settings{Issuer: issuer, JWKSURI: jwksURI, Tenant: "demo"}
	return newHandler(newVerifier(t.Context(), s), s.Tenant)
}

// sign makes a token that is good, but for what is changed in it; nil takes a claim away.
func sign(t *testing.T, signer jose.SigningKey, change map[string]any) string {
	t.Helper()
	now := time.Now().Unix()
	body := map[string]any{
		"iss": issuer, "aud": []string{issuer}, "sub": "0198", "exp": now + 60, "iat": now,
		"client_id": "demo-app", "tenant": "demo", "permissions": []string{"order.read"},
	}
	maps.Copy(body, change)
	maps.DeleteFunc(body, func(_ string, value any) bool { return value == nil })
	s, err := jose.NewSigner(signer, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(s).Claims(body).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func es256(key *ecdsa.PrivateKey) jose.SigningKey {
	return jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: key, KeyID: "k1"}}
}

func get(handler http.Handler, authorization string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(http.MethodGet, "/orders", nil)
	if authorization != "" {
		request.Header.Set("Authorization", authorization)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer
}

func TestATokenWithThePermissionReadsOrders(t *testing.T) {
	key := newKey(t)
	handler := service(t, key)
	for _, permission := range []string{"order.read", "order.*"} {
		token := sign(t, es256(key), map[string]any{"permissions": []string{"a.b", permission}})
		answer := get(handler, "Bearer "+token)
		if answer.Code != http.StatusOK || !strings.Contains(answer.Body.String(), "Rye flour") {
			t.Errorf("%s: %d %s", permission, answer.Code, answer.Body)
		}
	}
}

func TestWhatIsNoGoodTokenIsRefusedAsRFC6750Says(t *testing.T) {
	key := newKey(t)
	handler := service(t, key)
	public := jose.JSONWebKey{Key: []byte(strings.Repeat("k", 32)), KeyID: "k1"}
	bearer := func(change map[string]any) string { return "Bearer " + sign(t, es256(key), change) }
	good := bearer(nil)
	for name, c := range map[string]struct {
		authorization string
		status        int
		challenge     string
	}{
		"no token":          {"", 401, `Bearer realm="orders"`},
		"another scheme":    {"Basic YTpi", 401, `Bearer realm="orders"`},
		"an empty token":    {"Bearer ", 401, `Bearer realm="orders"`},
		"not a JWT":         {"Bearer abc", 401, "invalid_token"},
		"a changed token":   {good[:len(good)-6] + "AAAAAA", 401, "invalid_token"},
		"another key":       {"Bearer " + sign(t, es256(newKey(t)), nil), 401, "invalid_token"},
		"an HMAC":           {"Bearer " + sign(t, jose.SigningKey{Algorithm: jose.HS256, Key: public}, nil), 401, "invalid_token"},
		"expired":           {bearer(map[string]any{"exp": time.Now().Unix() - 1}), 401, "invalid_token"},
		"no expiry":         {bearer(map[string]any{"exp": nil}), 401, "invalid_token"},
		"another issuer":    {bearer(map[string]any{"iss": "https://evil.example"}), 401, "invalid_token"},
		"another audience":  {bearer(map[string]any{"aud": "https://other.example"}), 401, "invalid_token"},
		"no audience":       {bearer(map[string]any{"aud": nil}), 401, "invalid_token"},
		"an ID token":       {bearer(map[string]any{"aud": "demo-app", "client_id": nil}), 401, "invalid_token"},
		"no client":         {bearer(map[string]any{"client_id": nil}), 401, "invalid_token"},
		"no subject":        {bearer(map[string]any{"sub": nil}), 401, "invalid_token"},
		"another tenant":    {bearer(map[string]any{"tenant": "acme"}), 403, "insufficient_scope"},
		"no tenant":         {bearer(map[string]any{"tenant": nil}), 403, "insufficient_scope"},
		"no permissions":    {bearer(map[string]any{"permissions": nil}), 403, "insufficient_scope"},
		"other permissions": {bearer(map[string]any{"permissions": []string{"order.write", "*", "order.reader"}}), 403, "insufficient_scope"},
		"odd permissions":   {bearer(map[string]any{"permissions": "order.read"}), 401, "invalid_token"},
	} {
		t.Run(name, func(t *testing.T) {
			answer := get(handler, c.authorization)
			challenge := answer.Header().Get("WWW-Authenticate")
			if answer.Code != c.status || !strings.Contains(challenge, c.challenge) {
				t.Errorf("%d %s", answer.Code, challenge)
			}
			if strings.Contains(answer.Body.String(), "Rye flour") {
				t.Error("orders leaked")
			}
		})
	}
}

func TestAnUnsignedTokenIsRefused(t *testing.T) {
	// {"alg":"none"}, the payload of a good token, no signature.
	payload := strings.Split(sign(t, es256(newKey(t)), nil), ".")[1]
	answer := get(service(t, newKey(t)), "Bearer eyJhbGciOiJub25lIn0."+payload+".")
	if answer.Code != http.StatusUnauthorized {
		t.Error(answer.Code, answer.Body)
	}
}

func TestKeysThatCannotBeHadAreNoFaultOfTheToken(t *testing.T) {
	down := httptest.NewServer(http.NotFoundHandler())
	notFound := down.URL
	t.Cleanup(down.Close)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	for _, jwksURI := range []string{notFound, closed.URL} {
		answer := get(serviceOf(t, jwksURI), "Bearer "+sign(t, es256(newKey(t)), nil))
		if answer.Code != http.StatusServiceUnavailable || answer.Header().Get("Retry-After") == "" {
			t.Error(answer.Code, answer.Body)
		}
	}
}

func TestKeysAreFetchedOnceAndAgainAfterARotation(t *testing.T) {
	old, current := newKey(t), newKey(t)
	keys, fetches := []jose.JSONWebKey{{Key: old.Public(), KeyID: "k1", Algorithm: "ES256"}}, 0
	jwks := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fetches++
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: keys})
	}))
	t.Cleanup(jwks.Close)
	handler := serviceOf(t, jwks.URL)
	check := func(token string, expected int) {
		t.Helper()
		if answer := get(handler, "Bearer "+token); answer.Code != http.StatusOK || fetches != expected {
			t.Errorf("%d after %d fetches", answer.Code, fetches)
		}
	}
	first := sign(t, es256(old), nil)
	for range 3 {
		check(first, 1)
	}
	keys = append(keys, jose.JSONWebKey{Key: current.Public(), KeyID: "k2", Algorithm: "ES256"})
	signer := jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: current, KeyID: "k2"}}
	check(sign(t, signer, nil), 2)
	check(first, 2)
}
