"""Texts on which a way there and back may break."""

AWKWARD = (
    *('5" ball & "cane" <b>', "l'outil d’été", "<script>alert(1)</script>", "a < b > c", "&amp; &lt;b&gt;", "50 % off"),
    *("🧘🏽‍♀️ ball", "שלום כדור", "كرة التدليك", "Ĳ ﬁ ß ẞ", "{{ x }} ${y} `z`", "\\n \\u0000", "a; b: c | d", "=1+1"),
    *("null", "None", "pending", "1e5", "00", "#1 *bold* _it_ ~x~", "https://example.org/?a=1&b=2", "-.-"),
)
BODIES = (
    "# Neck\n\nRoll *slowly*, then **stop**.\n\n- one\n- two\n  - inner\n\n1. first\n2. second\n",
    "| a | b |\n| --- | --- |\n| 1 | 2 |\n\n> A word.\n\nA [link](https://example.org/?a=1&b=2).\n",
    "Line one\\\nline two\n\n`code` & <b>bold</b> <i>it</i>\n\n---\n\nEnd.",
    "שלום\n\n🧘🏽‍♀️ *x*\n\n***\n\n![A ball](https://example.org/ball.png)",
)
