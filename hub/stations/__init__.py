"""Stations: enrolment, acceptance, signed requests, the trust document."""
