"""The same server over several machines, by Ray Serve: needs the extra `ray`, and nothing else imports this package."""
