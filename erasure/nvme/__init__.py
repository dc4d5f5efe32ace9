"""NVMe drives: admin commands, identify data, the sanitize log, and what is read from them."""
