"""The daemon of the bench: one foreman who owns store, watch and workers, and what he shows and is asked to do."""
