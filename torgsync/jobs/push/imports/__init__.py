"""The one import of a run: write its file, send it, wait for its end, reconcile its changes."""
