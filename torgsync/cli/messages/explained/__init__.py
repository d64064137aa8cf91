"""What each code means and what a person can do: findings, guards, skip reasons, exit codes."""
