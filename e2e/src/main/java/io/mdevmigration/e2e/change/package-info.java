/**
 * What a change of one node's driver costs: the time until the labels are right, and the writes to
 * the API server and to the kernel. {@code Changes} draws changes between {@code Setup}s and plays
 * them on a real API server; {@code LabelHistory} sees the labels as a watch does; {@code Ledger}
 * counts what is written; {@code Table} shows it.
 */
package io.mdevmigration.e2e.change;
