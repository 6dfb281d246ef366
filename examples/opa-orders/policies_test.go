package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/open-policy-agent/opa/v1/ast"
	"github.com/open-policy-agent/opa/v1/tester"
)

const root = "../.."

// What iam evaluates with regorus has to mean the same in OPA: OPA runs the tests of these too.
func TestPoliciesOfTenantsPassTheirTestsInOPA(t *testing.T) {
	builtins, err := os.ReadFile(filepath.Join(root, "crates/policy/tests/policies/builtins.rego"))
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile(filepath.Join(root, "docs/policy.md"))
	if err != nil {
		t.Fatal(err)
	}
	policies := []string{string(builtins)}
	for _, block := range strings.Split(string(page), "```rego\n")[1:] {
		policy, _, _ := strings.Cut(block, "```")
		if strings.HasPrefix(policy, "package iam.policy") {
			policies = append(policies, policy)
		}
	}
	if len(policies) < 4 {
		t.Fatalf("found %d policies", len(policies))
	}
	for _, policy := range policies {
		runTests(t, policy)
	}
}

func runTests(t *testing.T, policy string) {
	t.Helper()
	module, err := ast.ParseModuleWithOpts("policy.rego", policy, ast.ParserOptions{RegoVersion: ast.RegoV1})
	if err != nil {
		t.Fatal(err)
	}
	runner := tester.NewRunner().SetModules(map[string]*ast.Module{"policy.rego": module})
	results, err := runner.RunTests(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	passed := 0
	for result := range results {
		if !result.Pass() {
			t.Errorf("%s: %v\n%s", result.Name, result.Error, policy)
		}
		passed++
	}
	if passed == 0 {
		t.Errorf("no tests in\n%s", policy)
	}
}
