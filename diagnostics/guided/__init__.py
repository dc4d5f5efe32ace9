"""Guided checks of section 4: how each is done, what the bench watches meanwhile, and what that is evidence for."""
