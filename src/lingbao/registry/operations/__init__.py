"""What operators of a registry do: demonstration data, import, backup and restore, the work of every night."""
