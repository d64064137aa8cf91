"""The local disk: exports, photos, sync objects, order files, settings."""
