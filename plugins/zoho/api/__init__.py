"""Zoho's endpoints: addresses, envelopes and batch splitting, and nothing else."""
