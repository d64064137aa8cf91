"""The languages of the program other than English: catalogs made with Babel, compiled when it is built."""
