"""What several calls of `backward` did to the gradients of leaves, and whether that was what a step then needed."""
