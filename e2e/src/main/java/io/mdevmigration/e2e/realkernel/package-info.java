/** Nodes with a real kernel and the sample driver, in QEMU guests. */
package io.mdevmigration.e2e.realkernel;
