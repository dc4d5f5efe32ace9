"""The bench as an observer of its hub's log: what it saw is kept, and a hub that shows another history is told."""
