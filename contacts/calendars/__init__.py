"""The book and the user's calendars: what goes out as a feed, and the meetings that come in."""
