"""`make demo`: a hub, a station, six simulated drives and a laptop, from plug to proof, on one machine without root."""
