"""Photos: what makes a picture fit for Prom.ua, and what is done to one that is not."""
