import CKernels

/// Has all threads take their memory from one place, so that what one frees another has, and a program that goes on for hours
/// keeps no more than it needed at once. To be called before there are other threads.
package func shareFreedMemory() { kernel_share_freed_memory() }
