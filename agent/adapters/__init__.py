"""The agent and its sandbox in the clothes of other frameworks. Each module needs its own extra package."""
