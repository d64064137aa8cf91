"""Exports in YML, the catalog format of marketplaces."""
