"""What is particular about one kind of answer: how it is read, and what is offered on buttons. One file each.

The kinds that need no more than a reader of `conversations.reading` have no file here.
"""
