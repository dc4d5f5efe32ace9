"""The exchange board between the workshops of a network (S3-1): offers, their review, messages, ends and totals."""
