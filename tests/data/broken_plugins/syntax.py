def score(:
