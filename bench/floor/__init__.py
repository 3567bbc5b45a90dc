"""What pages are compared with: the plainest views there can be, on the same server."""
