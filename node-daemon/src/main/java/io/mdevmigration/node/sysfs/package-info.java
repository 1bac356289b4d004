/** Reads the mdev tree of the kernel into an immutable scan. */
package io.mdevmigration.node.sysfs;
