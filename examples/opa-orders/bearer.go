package main

import (
	"errors"
	"fmt"
	"log"
	"net/http"
	"strings"
)

// refusal is an answer of RFC 6750 §3.1: code is empty if no token was sent at all.
type refusal struct {
	status            int
	code, description string
}

func (r refusal) write(w http.ResponseWriter) {
	challenge := `Bearer realm="orders"`
	if r.code != "" {
		challenge += fmt.Sprintf(`, error="%s", error_description="%s"`, r.code, r.description)
	}
	w.Header().Set("WWW-Authenticate", challenge)
	writeJSON(w, r.status, map[string]string{"error": r.code, "error_description": r.description})
}

// require lets a request through that has a good access token which allows the permission.
func require(v verifier, d *decider, permission string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, ok := bearer(r)
		if !ok {
			refusal{status: http.StatusUnauthorized}.write(w)
			return
		}
		c, err := v.verify(r.Context(), token)
		allowed := false
		if err == nil {
			allowed, err = d.allows(r.Context(), c, permission)
		}
		switch {
		case errors.Is(err, errInvalidToken):
			// Why is for our log: whoever holds a bad token learns no more than that it is one.
			log.Print(err)
			refusal{http.StatusUnauthorized, "invalid_token", "the access token is expired or not valid here"}.write(w)
		case err != nil:
			log.Print(err)
			w.Header().Set("Retry-After", "1")
			writeJSON(w, http.StatusServiceUnavailable, map[string]string{"error": "temporarily_unavailable"})
		case !allowed:
			refusal{http.StatusForbidden, "insufficient_scope", "this needs the permission " + permission}.write(w)
		default:
			next(w, r)
		}
	}
}

// bearer gives the token of the Authorization header (RFC 6750 §2.1). A token in a form or a URL
// would end up in logs and is not looked at.
func bearer(r *http.Request) (string, bool) {
	scheme, token, found := strings.Cut(r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	return token, found && strings.EqualFold(scheme, "Bearer") && token != ""
}
