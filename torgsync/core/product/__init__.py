"""One product in normal form: columns and cells of an export row, fields, texts, photos, groups, variants."""
