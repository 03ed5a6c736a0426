"""What a computation and its derivatives cost: counted and measured, told and written."""
