package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/open-policy-agent/opa/v1/logging"
	"github.com/open-policy-agent/opa/v1/sdk"
)

// bundlePath is where the admin API has a tenant's roles and the package iam.authz, as a bundle.
const bundlePath = "/admin/v1/bundles/authz.tar.gz"

// errNotReady means that nobody can tell, as there is no bundle yet.
var errNotReady = errors.New("the bundle is not there yet")

// decider is OPA with the tenant's bundle, which it fetches again and again; it goes on with the
// last one while iam is down. A bundle that did not change costs a 304.
type decider struct {
	opa   *sdk.OPA
	ready chan struct{}
}

// newDecider starts OPA and does not wait for the bundle.
func newDecider(ctx context.Context, s settings) (*decider, error) {
	config, err := json.Marshal(map[string]any{
		"services": map[string]any{"iam": map[string]any{
			"url":                             s.IAM,
			"response_header_timeout_seconds": 5,
			"credentials":                     map[string]any{"bearer": map[string]any{"token": s.APIKey}},
		}},
		"bundles": map[string]any{"authz": map[string]any{
			"service":  "iam",
			"resource": bundlePath,
			"polling":  map[string]any{"min_delay_seconds": 1, "max_delay_seconds": 10},
		}},
	})
	if err != nil {
		return nil, err
	}
	logger := logging.New()
	logger.SetLevel(logging.Error)
	d := &decider{ready: make(chan struct{})}
	options := sdk.Options{ID: "opa-orders", Config: bytes.NewReader(config), Ready: d.ready, Logger: logger}
	if d.opa, err = sdk.New(ctx, options); err != nil {
		return nil, fmt.Errorf("OPA: %w", err)
	}
	return d, nil
}

func (d *decider) stop() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	d.opa.Stop(ctx)
}

// allows asks data.iam.authz.allow whether a token with these claims allows the permission.
func (d *decider) allows(ctx context.Context, c claims, permission string) (bool, error) {
	select {
	case <-d.ready:
	default:
		return false, errNotReady
	}
	result, err := d.opa.Decision(ctx, sdk.DecisionOptions{
		Path:  "/iam/authz/allow",
		Input: map[string]any{"token": map[string]any(c), "permission": permission},
	})
	if err != nil {
		return false, fmt.Errorf("OPA: %w", err)
	}
	allowed, ok := result.Result.(bool)
	if !ok {
		return false, fmt.Errorf("OPA: %v is no decision", result.Result)
	}
	return allowed, nil
}
