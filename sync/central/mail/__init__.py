"""Letters to customers: what is said, in which words, and how it gets away."""
