"""The assistant: a conversation that reads the book through tools, and writes only what is confirmed.

question ──> engine ──> calls.stream ──> Claude
               │  ^                        │ tool calls
               │  └── reading (the book, shared contacts only)
               │  └── proposing (rows of `Proposal`, nothing in the book)
               v
             events ──> the page, as a stream, or one JSON answer

a press on «Confirm» ──> proposals ──> the forms of contacts
"""
