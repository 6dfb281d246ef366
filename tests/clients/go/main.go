// go-oidc and golang.org/x/oauth2, a relying party that we did not write, through all of the flows.
//
// It writes a line of JSON for each thing that it wants the person at the browser to do, and reads
// a line back; SCENARIO says where and as whom.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"slices"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

type scenario struct {
	Issuer       string `json:"issuer"`
	ClientID     string `json:"client_id"`
	ClientSecret string `json:"client_secret"`
	RedirectURI  string `json:"redirect_uri"`
	PostLogout   string `json:"post_logout_redirect_uri"`
	Username     string `json:"username"`
	Tenant       string `json:"tenant"`
}

type claims struct {
	Tenant   string   `json:"tenant"`
	Acr      string   `json:"acr"`
	Amr      []string `json:"amr"`
	Username string   `json:"preferred_username"`
}

type party struct {
	told     scenario
	provider *oidc.Provider
	config   oauth2.Config
	endpoint struct {
		EndSession string `json:"end_session_endpoint"`
	}
}

var input = bufio.NewReader(os.Stdin)

func ask(act, url string) (string, error) {
	line, err := json.Marshal(map[string]string{"act": act, "url": url})
	if err != nil {
		return "", err
	}
	fmt.Println(string(line))
	answer, err := input.ReadBytes('\n')
	if err != nil {
		return "", err
	}
	var reply struct {
		URL string `json:"url"`
	}
	return reply.URL, json.Unmarshal(answer, &reply)
}

func newParty(ctx context.Context) (*party, error) {
	var p party
	if err := json.Unmarshal([]byte(os.Getenv("SCENARIO")), &p.told); err != nil {
		return nil, err
	}
	provider, err := oidc.NewProvider(ctx, p.told.Issuer)
	if err != nil {
		return nil, err
	}
	p.provider = provider
	endpoint := provider.Endpoint()
	endpoint.AuthStyle = oauth2.AuthStyleInHeader
	if p.told.ClientSecret == "" {
		endpoint.AuthStyle = oauth2.AuthStyleInParams
	}
	p.config = oauth2.Config{
		ClientID:     p.told.ClientID,
		ClientSecret: p.told.ClientSecret,
		Endpoint:     endpoint,
		RedirectURL:  p.told.RedirectURI,
		Scopes:       []string{oidc.ScopeOpenID, oidc.ScopeOfflineAccess, "profile"},
	}
	return &p, provider.Claims(&p.endpoint)
}

func (p *party) logIn(ctx context.Context, extra ...oauth2.AuthCodeOption) (*oauth2.Token, *claims, error) {
	verifier, nonce, state := oauth2.GenerateVerifier(), oauth2.GenerateVerifier(), oauth2.GenerateVerifier()
	options := append(extra, oauth2.S256ChallengeOption(verifier), oidc.Nonce(nonce))
	back, err := ask("authorize", p.config.AuthCodeURL(state, options...))
	if err != nil {
		return nil, nil, err
	}
	query, err := url.Parse(back)
	if err != nil {
		return nil, nil, err
	}
	answer := query.Query()
	if answer.Get("state") != state || answer.Get("iss") != p.told.Issuer {
		return nil, nil, fmt.Errorf("answer to another request: %s", back)
	}
	token, err := p.config.Exchange(ctx, answer.Get("code"), oauth2.VerifierOption(verifier))
	if err != nil {
		return nil, nil, err
	}
	verified, said, err := p.verify(ctx, token)
	if err == nil && verified.Nonce != nonce {
		err = errors.New("nonce is another's")
	}
	return token, said, err
}

func (p *party) verify(ctx context.Context, token *oauth2.Token) (*oidc.IDToken, *claims, error) {
	raw, _ := token.Extra("id_token").(string)
	verified, err := p.provider.VerifierContext(ctx, &oidc.Config{ClientID: p.told.ClientID}).Verify(ctx, raw)
	if err != nil {
		return nil, nil, err
	}
	if err := verified.VerifyAccessToken(token.AccessToken); err != nil {
		return nil, nil, err
	}
	var said claims
	if err := verified.Claims(&said); err != nil {
		return nil, nil, err
	}
	if said.Tenant != p.told.Tenant {
		return nil, nil, fmt.Errorf("tenant is %q", said.Tenant)
	}
	return verified, &said, nil
}

func (p *party) refresh(ctx context.Context, token *oauth2.Token) (*oauth2.Token, error) {
	source := p.config.TokenSource(ctx, &oauth2.Token{RefreshToken: token.RefreshToken})
	refreshed, err := source.Token()
	if err != nil {
		return nil, err
	}
	_, _, err = p.verify(ctx, refreshed)
	return refreshed, err
}

func run(ctx context.Context) error {
	p, err := newParty(ctx)
	if err != nil {
		return err
	}
	token, _, err := p.logIn(ctx)
	if err != nil {
		return fmt.Errorf("login: %w", err)
	}
	info, err := p.provider.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return fmt.Errorf("userinfo: %w", err)
	}
	var said claims
	if err := info.Claims(&said); err != nil || said.Username != p.told.Username {
		return fmt.Errorf("userinfo says %+v: %w", said, err)
	}
	if token, err = p.refresh(ctx, token); err != nil {
		return fmt.Errorf("refresh: %w", err)
	}
	for _, act := range []string{"publish", "rotate"} {
		if _, err = ask(act, ""); err != nil {
			return err
		}
		if token, err = p.refresh(ctx, token); err != nil {
			return fmt.Errorf("refresh after %s: %w", act, err)
		}
	}
	mfa := []oauth2.AuthCodeOption{oauth2.SetAuthURLParam("acr_values", "mfa"), oauth2.SetAuthURLParam("max_age", "0")}
	token, stepped, err := p.logIn(ctx, mfa...)
	if err != nil {
		return fmt.Errorf("step-up: %w", err)
	}
	if stepped.Acr != "mfa" || !slices.Contains(stepped.Amr, "otp") {
		return fmt.Errorf("step-up gave %+v", stepped)
	}
	return p.logOut(ctx, token)
}

func (p *party) logOut(_ context.Context, token *oauth2.Token) error {
	raw, _ := token.Extra("id_token").(string)
	query := url.Values{
		"id_token_hint":            {raw},
		"post_logout_redirect_uri": {p.told.PostLogout},
		"state":                    {"see-you-soon"},
	}
	back, err := ask("logout", p.endpoint.EndSession+"?"+query.Encode())
	if err != nil {
		return err
	}
	if back != p.told.PostLogout+"?state=see-you-soon" {
		return fmt.Errorf("sent to %s", back)
	}
	fmt.Println(`{"act":"done"}`)
	return nil
}

func main() {
	if err := run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
