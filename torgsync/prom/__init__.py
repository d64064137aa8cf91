"""The marketplace: one request, one method an endpoint, JSON and feeds to values and back."""
