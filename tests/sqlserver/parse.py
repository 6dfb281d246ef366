"""Prints each batch of a file that is no T-SQL, as sqlfluff reads it, and the number of batches."""

import sys

from sqlfluff.core import FluffConfig, Linter

with open(sys.argv[1], encoding="utf-8") as file:
    batches = file.read().split("\ngo\n")
linter = Linter(config=FluffConfig(overrides={"dialect": "tsql"}))
wrong = 0
batches = [batch for batch in batches if batch.strip()]
for batch in batches:
    parsed = linter.parse_string(batch + "\n")
    parts = parsed.tree.recursive_crawl("unparsable") if parsed.tree else []
    parts = [part.raw for part in parts]
    if parsed.violations or parts:
        wrong += 1
        print(f"{batch}\n-- not understood: {parts or parsed.violations}\n", file=sys.stderr)
print(len(batches))
sys.exit(1 if wrong else 0)
