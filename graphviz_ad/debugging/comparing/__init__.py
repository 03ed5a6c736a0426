"""Two traces side by side: which node of one is which of the other, and where their numbers part."""
