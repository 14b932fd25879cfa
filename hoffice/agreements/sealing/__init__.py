"""The seal: the finished file, the house's key, the signature of PAdES, and the check of it all.

Bytes and facts go in, bytes and facts come out. ``protocol`` is the log that a file carries,
``finishing`` puts log and frozen file into the signed one, ``keys`` makes and keeps the key of the
house, ``seal`` closes a file, ``verify`` says whether a file is one of ours, and ``isolated`` asks
that in a process of its own.
"""
