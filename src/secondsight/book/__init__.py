"""What makes pages: chapters, their results, the ledger, recordings, and when what runs again."""
