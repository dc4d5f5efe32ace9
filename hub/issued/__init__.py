"""Documents as issued: frozen bytes, scoped downloads, public look-up."""
