"""Click and collect at the till: prepare, judge a pass, hand over once, put back."""
