// Command hydra is ORY Hydra, built from its published Go module.
//
// It exists so that a machine with Go and no container engine can have the exact
// Hydra version this project is tested with. Nothing is changed: the program is
// upstream's own command tree.
package main

import "github.com/ory/hydra/v2/cmd"

func main() { cmd.Execute() }
