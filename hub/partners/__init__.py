"""Partners of the network: who they are, their level, their documents, and the gates of their onboarding."""
