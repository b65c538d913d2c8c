"""Which of the legal cuts to take: figures, limits, time, what dominates what, pictures."""
