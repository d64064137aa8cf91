"""What unattended runs held, and what of it a person may approve later."""
