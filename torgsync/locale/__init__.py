"""The languages of the program besides English: catalogs made with Babel, compiled when it is built."""
