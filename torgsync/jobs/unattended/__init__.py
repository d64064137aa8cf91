"""What follows unattended runs: held plans, reports, metrics, notifications, a heartbeat."""
