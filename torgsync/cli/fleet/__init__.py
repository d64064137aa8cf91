"""`torgsync fleet`: many shops on several machines."""
