"""The only place that sends: runs flows, keeps leases, retries, and finds out what came of lost answers."""
