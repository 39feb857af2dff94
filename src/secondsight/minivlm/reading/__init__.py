"""What a prompt asks for, read from its words: the front end of the small model.

A prompt is anyone's: lists, tables, headings, JSON or running prose. Each kind of place has a file
of its own that finds the categories there; `read` weighs the places against each other and joins
what several of them say about one category.
"""
