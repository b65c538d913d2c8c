"""How fast the server is: side by side with what people would serve the same tail with, each as a real process."""
