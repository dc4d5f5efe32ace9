"""The only room that speaks to the kernel: ports as protocols, and their Linux implementation by direct ioctl."""
