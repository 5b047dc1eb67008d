"""The record over REST, below /api/v1/: read, followed and exported; nothing here can change it."""
