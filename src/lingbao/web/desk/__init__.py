"""Pages of those who keep the registry: agencies, the coordinating body, auditors, administrators."""
