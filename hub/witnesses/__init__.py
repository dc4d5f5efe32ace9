"""The witnesses of this hub: who is asked to cosign its log, what they answered, and how many of them count."""
