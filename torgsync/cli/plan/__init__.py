"""`torgsync update`, `sync`, `rollback`, `why`, `history`."""
