"""Areas, how they nest, their boundaries, postcodes and the names people use."""
