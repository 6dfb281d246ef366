module iam/tools/ps-http-sim

go 1.24

require github.com/mattrobenolt/ps-http-sim v0.0.12
