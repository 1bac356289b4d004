/**
 * Makes of a scan what the node publishes, and what each parent can be asked. Pure: no file, no
 * clock, no client.
 */
package io.mdevmigration.node.inventory;
