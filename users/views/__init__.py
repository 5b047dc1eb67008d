"""The pages of people, service accounts, and whoever is signed in."""
