"""A life in French for the user `demo`: a consultant in Paris and the people whom she knows.

`account` is the user and the password, `builder` writes the rows, `spec` is the vocabulary, and the
other modules are the data: a module per circle of people. Every day in it is counted from the day
on which it is made, so that there is something to see on any day of the year.
"""
