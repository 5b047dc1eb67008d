"""Django's PostgreSQL backend, which brings the embedded server up and says in plain words what is wrong."""
