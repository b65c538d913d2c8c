"""The same tail behind other servers, a script each, written from that server's own documentation.

They are run by the Python of another environment, with this folder on its path: so they import nothing of dermsplit.
"""
