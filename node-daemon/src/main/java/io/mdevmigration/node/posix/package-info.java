/**
 * The system calls that the daemon makes, with the kernel's error numbers kept, and the deadline
 * that no call may hold the daemon beyond.
 */
package io.mdevmigration.node.posix;
