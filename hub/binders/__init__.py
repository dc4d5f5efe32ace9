"""Binders: all certificates of a lot as one PDF. Asked for in a request, made by one worker of the process."""
