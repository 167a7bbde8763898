"""People of the registry: who they are, who may act for whom, and who read what and why."""
