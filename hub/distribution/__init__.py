"""Who a device is for: prescriptions by code, stock for distributors, reservations, deliveries, service afterwards.

Nobody's name is kept or asked for: a prescription is a code, a distributor an organisation. No donor is told here.
"""
