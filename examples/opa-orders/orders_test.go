package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

const (
	issuer = "https://iam.example"
	apiKey = "iam_key_of_the_test"
)

// iam is as much of iam as this service talks to.
type iam struct {
	*httptest.Server
	key *ecdsa.PrivateKey
	// What the bundle endpoint gives; none for 503.
	bundle atomic.Pointer[[]byte]
	// How often it gave it, and how often it said that nothing changed.
	given, unchanged atomic.Int64
}

func newIAM(t *testing.T) *iam {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	i := &iam{key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /jwks", func(w http.ResponseWriter, _ *http.Request) {
		public := jose.JSONWebKey{Key: key.Public(), KeyID: "k1", Algorithm: "ES256", Use: "sig"}
		_ = json.NewEncoder(w).Encode(jose.JSONWebKeySet{Keys: []jose.JSONWebKey{public}})
	})
	mux.HandleFunc("GET "+bundlePath, i.serveBundle)
	i.Server = httptest.NewServer(mux)
	t.Cleanup(i.Close)
	return i
}

func (i *iam) serveBundle(w http.ResponseWriter, r *http.Request) {
	bundle := i.bundle.Load()
	const etag = `"1"`
	switch {
	case r.Header.Get("Authorization") != "Bearer "+apiKey:
		w.WriteHeader(http.StatusUnauthorized)
	case bundle == nil:
		w.WriteHeader(http.StatusServiceUnavailable)
	case r.Header.Get("If-None-Match") == etag:
		i.unchanged.Add(1)
		w.WriteHeader(http.StatusNotModified)
	default:
		i.given.Add(1)
		w.Header().Set("Content-Type", "application/gzip")
		w.Header().Set("ETag", etag)
		_, _ = w.Write(*bundle)
	}
}

// publish makes the bundle that iam makes for the roles clerk and boss of the tenant demo available.
func (i *iam) publish(t *testing.T) {
	t.Helper()
	bundle, err := os.ReadFile("testdata/demo.tar.gz")
	if err != nil {
		t.Fatal(err)
	}
	i.bundle.Store(&bundle)
}

// service is the service, with the bundle if iam has one.
func (i *iam) service(t *testing.T) http.Handler {
	t.Helper()
	s := settings{Issuer: issuer, JWKSURI: i.URL + "/jwks", IAM: i.URL, APIKey: apiKey}
	d, err := newDecider(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.stop)
	if i.bundle.Load() != nil {
		select {
		case <-d.ready:
		case <-time.After(10 * time.Second):
			t.Fatal("no bundle")
		}
	}
	return newHandler(newVerifier(t.Context(), s), d)
}

// token is a good token, but for what is changed in it; nil takes a claim away.
func (i *iam) token(t *testing.T, change map[string]any) string {
	t.Helper()
	now := time.Now().Unix()
	body := map[string]any{
		"iss": issuer, "aud": []string{issuer}, "sub": "0198", "exp": now + 60, "iat": now,
		"client_id": "demo-app", "tenant": "demo", "roles": []string{"clerk"},
	}
	maps.Copy(body, change)
	maps.DeleteFunc(body, func(_ string, value any) bool { return value == nil })
	key := jose.SigningKey{Algorithm: jose.ES256, Key: jose.JSONWebKey{Key: i.key, KeyID: "k1"}}
	signer, err := jose.NewSigner(key, nil)
	if err != nil {
		t.Fatal(err)
	}
	token, err := jwt.Signed(signer).Claims(body).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func send(handler http.Handler, method, token string) *httptest.ResponseRecorder {
	request := httptest.NewRequest(method, "/orders", nil)
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	answer := httptest.NewRecorder()
	handler.ServeHTTP(answer, request)
	return answer
}

// The bundle has: clerk with order.read, and boss with order.* and all of clerk.
func TestOPADecidesByTheRolesInTheBundle(t *testing.T) {
	i := newIAM(t)
	i.publish(t)
	handler := i.service(t)
	for name, c := range map[string]struct {
		claims       map[string]any
		read, cancel int
	}{
		"a clerk":                        {nil, 200, 403},
		"a boss":                         {map[string]any{"roles": []string{"boss"}}, 200, 204},
		"no role":                        {map[string]any{"roles": []string{}}, 403, 403},
		"no roles":                       {map[string]any{"roles": nil}, 403, 403},
		"a role that is gone":            {map[string]any{"roles": []string{"gone"}}, 403, 403},
		"permissions in the token":       {map[string]any{"permissions": []string{"order.cancel"}}, 403, 204},
		"a wildcard in the token":        {map[string]any{"permissions": []string{"order.*"}}, 200, 204},
		"an empty list of permissions":   {map[string]any{"permissions": []string{}}, 403, 403},
		"a resource of a similar name":   {map[string]any{"permissions": []string{"orders.*"}}, 403, 403},
		"another tenant's boss":          {map[string]any{"tenant": "acme", "roles": []string{"boss"}}, 403, 403},
		"a boss of no tenant":            {map[string]any{"tenant": nil, "roles": []string{"boss"}}, 403, 403},
		"roles that are not even a list": {map[string]any{"roles": 7}, 403, 403},
	} {
		t.Run(name, func(t *testing.T) {
			token := i.token(t, c.claims)
			read, cancel := send(handler, "GET", token), send(handler, "DELETE", token)
			if read.Code != c.read || cancel.Code != c.cancel {
				t.Errorf("read %d %s, cancel %d %s", read.Code, read.Body, cancel.Code, cancel.Body)
			}
		})
	}
}

func TestWhatIsNoGoodTokenIsRefusedBeforeOPAIsAsked(t *testing.T) {
	i, other := newIAM(t), newIAM(t)
	i.publish(t)
	handler := i.service(t)
	for name, token := range map[string]string{
		"no token":         "",
		"not a JWT":        "abc",
		"another key":      other.token(t, nil),
		"expired":          i.token(t, map[string]any{"exp": time.Now().Unix() - 1}),
		"another issuer":   i.token(t, map[string]any{"iss": "https://evil.example"}),
		"another audience": i.token(t, map[string]any{"aud": "demo-app"}),
		"no client":        i.token(t, map[string]any{"client_id": nil}),
	} {
		answer := send(handler, "GET", token)
		if answer.Code != http.StatusUnauthorized || answer.Header().Get("WWW-Authenticate") == "" {
			t.Errorf("%s: %d", name, answer.Code)
		}
	}
}

func TestNothingIsAllowedBeforeTheBundleIsThere(t *testing.T) {
	i := newIAM(t)
	handler := i.service(t)
	token := i.token(t, nil)
	if answer := send(handler, "GET", token); answer.Code != http.StatusServiceUnavailable {
		t.Fatal(answer.Code, answer.Body)
	}
	i.publish(t)
	eventually(t, func() bool { return send(handler, "GET", token).Code == http.StatusOK })
}

func TestTheBundleIsFetchedOnceAndThenOnlyIfItChanged(t *testing.T) {
	i := newIAM(t)
	i.publish(t)
	handler := i.service(t)
	eventually(t, func() bool { return i.unchanged.Load() > 0 })
	if given := i.given.Load(); given != 1 {
		t.Errorf("given %d times", given)
	}
	i.bundle.Store(nil)
	if answer := send(handler, "GET", i.token(t, nil)); answer.Code != http.StatusOK {
		t.Error("must go on with the last bundle:", answer.Code)
	}
}

func eventually(t *testing.T, condition func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if condition() {
			return
		}
	}
	t.Fatal("never")
}
