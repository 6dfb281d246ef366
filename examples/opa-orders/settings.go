package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// settings say whose tokens are good here, and where the roles come from.
type settings struct {
	Issuer  string `json:"issuer"`
	JWKSURI string `json:"jwks_uri"`
	// The base URL of the admin API.
	IAM string `json:"-"`
	// An API key with the permission to read the bundle.
	APIKey string `json:"-"`
}

// readSettings reads the file that `iam up` writes: IAM_DEV_JSON, else .iam/dev.json here or in a
// folder above. In production these are a few lines of configuration.
func readSettings() (settings, error) {
	path, err := settingsPath()
	if err != nil {
		return settings{}, err
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return settings{}, err
	}
	var s settings
	if err := json.Unmarshal(text, &s); err != nil {
		return settings{}, fmt.Errorf("%s: %w", path, err)
	}
	if s.Issuer == "" || s.JWKSURI == "" {
		return settings{}, fmt.Errorf("%s: issuer and jwks_uri must be there", path)
	}
	if s.IAM = os.Getenv("IAM_URL"); s.IAM == "" {
		s.IAM = s.Issuer
	}
	if s.APIKey = os.Getenv("IAM_API_KEY"); s.APIKey == "" {
		return settings{}, errors.New("set IAM_API_KEY to an API key that may read the bundle")
	}
	return s, nil
}

func settingsPath() (string, error) {
	if path := os.Getenv("IAM_DEV_JSON"); path != "" {
		return path, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		path := filepath.Join(dir, ".iam", "dev.json")
		if _, err := os.Stat(path); err == nil {
			return path, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no .iam/dev.json here or above: run `make up` first, or set IAM_DEV_JSON")
		}
		dir = parent
	}
}
