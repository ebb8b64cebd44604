"""What Saleor holds, taken over into the store.

In go values read from Saleor with the moment when the read began; out goes how many rows differed. A row takes only a
read that began after the one that it holds, and a whole kind only a read that began after the last one.
"""
