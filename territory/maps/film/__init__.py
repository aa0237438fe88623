"""Films: zones as pixels, frames around them, and the encoder."""
