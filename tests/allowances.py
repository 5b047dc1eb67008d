"""Allowances for tests, whose windows do not end in the middle of one."""

LASTING = 10**9  # seconds; the second such window began in 2001 and ends in 2033
PLENTY = dict.fromkeys(("read", "export", "lifetime", "rejected"), (1000000, LASTING))
