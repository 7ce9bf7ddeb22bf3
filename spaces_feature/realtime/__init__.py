"""Events out by Socket.IO: the namespace, the broadcaster, and the background loops of a web process."""
