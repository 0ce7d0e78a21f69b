"""How the shipped model was made: synthetic episodes, tokenizer, training, evaluation. Not installed."""
