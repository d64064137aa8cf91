"""Recordings of requests and answers: what replaces personal data in them, their lines, and comparing."""
