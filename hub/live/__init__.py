"""What happens at the benches now, as they say it themselves: heartbeats in, one picture out. Nothing rests on it."""
